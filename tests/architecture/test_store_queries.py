"""The store is asked in one place, with a principal: no SQL outside it, one reader per owned table inside."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.call import Principal
from gateway.store import SqlStore, crossrefs, documents, journal

ROOT = Path(__file__).parents[2]
SQL = re.compile(r"^\s*(WITH\s+\w+\s+AS|SELECT\s.*\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s", re.DOTALL)
READS = re.compile(r"SELECT\b.*?\bFROM\s+(documents|crossrefs|jobs)\b", re.DOTALL)
# Each entry: the table, the module and the functions that may read it. `seq` by key is how rows of one write find each
# other; the parts of `documents.query` ask for rows under the owner's predicate that it hands them, and what a pattern
# or a path is held against becomes row numbers for it; claim, waiting, accepted_since and the sweep serve the gateway's
# own background work and hand nothing to a client; what is listed of a listener goes to whom the hub has shown that
# listener.
READERS = {
    ("documents", "documents.py", "<module>"),
    ("documents", "documents.py", "_first_written"),
    ("documents", "documents.py", "_sorted"),
    ("documents", "documents.py", "_counted"),
    ("documents", "matching.py", "kept"),
    ("documents", "matching.py", "_looked_at"),
    ("documents", "matching.py", "_bodies"),
    ("documents", "sorting.py", "ordered"),
    ("documents", "sorting.py", "walked"),
    ("documents", "ownership.py", "linked"),
    ("crossrefs", "crossrefs.py", "query"),
    ("crossrefs", "crossrefs.py", "<module>"),
    ("jobs", "journal.py", "query"),
    ("jobs", "journal.py", "<module>"),
    ("jobs", "deliveries.py", "<module>"),
    ("jobs", "deliveries.py", "accepted_since"),
    ("jobs", "deliveries.py", "listed"),
    ("jobs", "deliveries.py", "waiting"),
}


def texts(tree: ast.AST, function: str = "<module>") -> Iterator[tuple[str, str]]:
    """Every string of a module, f-strings with their holes left empty, and the function it stands in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield function, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield function, node.value
        else:
            inside = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
            yield from texts(node, inside)


def sources(*folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "tests" not in path.parts and "migrations" not in path.parts
    ]


def test_no_sql_outside_the_store() -> None:
    # The trace store is telemetry's own file of spans: it holds nothing of the store's.
    elsewhere = [
        path
        for path in sources("gateway", "banyan", "adapters", "contracts")
        if not path.is_relative_to(ROOT / "gateway/store") and not path.is_relative_to(ROOT / "gateway/telemetry")
    ]
    found = [
        f"{path.relative_to(ROOT)}: {text[:60]!r}"
        for path in elsewhere
        for _, text in texts(ast.parse(path.read_text()))
        if SQL.search(text)
    ]
    assert found == []


def test_owned_tables_have_one_reader_each() -> None:
    readers = {
        (table, path.name, function)
        for path in sources("gateway/store")
        for function, text in texts(ast.parse(path.read_text()))
        for table in READS.findall(text)
    }
    assert readers == READERS


@pytest.mark.parametrize("reader", [documents.query, crossrefs.query, journal.query])
def test_a_reader_takes_a_principal(reader: object) -> None:
    assert callable(reader)
    assert inspect.signature(reader).parameters["principal"].annotation is Principal


def test_every_read_of_the_store_names_who_asks() -> None:
    """Answers are kept per client; a claim is the gateway's own."""
    reads = {"get", "find", "native", "ours", "by_key", "job"}
    for name in reads:
        assert inspect.signature(getattr(SqlStore, name)).parameters["principal"].annotation is Principal
    coroutines = {name for name, method in inspect.getmembers(SqlStore, inspect.iscoroutinefunction) if name[0] != "_"}
    assert coroutines - reads == {"commit", "claim", "remembered", "aclose"}


def test_parts_of_the_query_are_its_own() -> None:
    """Nobody else asks them, so that no list is without the owner's predicate."""
    parts = {"matching", "kept", "ordered", "walked", "_first_written", "_sorted", "_counted"}
    users = {
        (path.name, node.name)
        for path in sources("gateway")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in parts
    }
    assert users == {("documents.py", "query"), ("documents.py", "_first_written"), ("documents.py", "_sorted")}
