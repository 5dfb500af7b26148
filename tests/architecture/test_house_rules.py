"""The house rules that no linter knows, each with its story."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from inspect import getmembers, isfunction, signature
from pathlib import Path

import pytest

from contracts.ports import PORTS, Adapter
from gateway.registry import discover, named

ROOT = Path(__file__).parents[2]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for room in ("gateway", "contracts", "banyan", "adapters")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "tests" not in path.relative_to(ROOT).parts
}
DEMO = "gateway/demo/"
"""The story drives the product from outside, names the systems it starts, and waits as a client would."""


def nodes(*rooms: str, kind: type[ast.AST] = ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, tree in TREES.items():
        if name.startswith(rooms):
            yield from (
                (f"{name}:{getattr(node, 'lineno', 0)}", node) for node in ast.walk(tree) if isinstance(node, kind)
            )


def test_money_is_never_a_float() -> None:
    """0.1 + 0.2: a bill that is a cent off is a wrong bill. Where money is priced or billed no float is born."""
    rooms = (
        "contracts/model/",
        "gateway/flows/bundles/",
        "gateway/flows/billing/",
        "gateway/flows/usage/charge.py",
        "gateway/api/customer_bill/",
        "gateway/api/product_offering_qualification/",
        "adapters/jbilling/mapping.py",
        "adapters/jbilling/state.py",
    )
    found = [
        place
        for place, node in nodes(*rooms)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert found == []


def test_one_clock() -> None:
    """Orders wait for hours and leases for seconds; what reads the machine's time cannot be tested without waiting."""
    asked = {"time.time", "time.monotonic", "time.sleep", "asyncio.sleep", "datetime.now", "datetime.utcnow"}
    asked |= {"datetime.today", "date.today", "time.perf_counter"}
    found = [
        f"{place} {ast.unparse(node)}"
        for place, node in nodes("", kind=ast.Attribute)
        if ast.unparse(node).removeprefix("datetime.datetime").replace("dt.", "") in asked
        and not place.startswith(("contracts/clock.py", DEMO))
        and "fromtimestamp" not in ast.unparse(node)
    ]
    assert found == []


FIELDS = ("year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo")


def test_times_are_aware() -> None:
    """A naive time moves a bill by a day on some machine; a time without a zone ends at the adapter that read it."""
    found = []
    for place, node in nodes("", kind=ast.Call):
        assert isinstance(node, ast.Call)
        name, given = ast.unparse(node.func), len(node.args) + len(node.keywords)
        zoned = "tzinfo" in {keyword.arg for keyword in node.keywords}
        legacy = place.startswith("adapters/")  # what a legacy system says without a zone, its adapter reads so
        if name in ("datetime", "datetime.datetime") and not zoned and given < len(FIELDS) and not legacy:
            found.append(place)
        if name.endswith("datetime.fromtimestamp") and given == 1:
            found.append(place)
    assert found == []


# A bug must not look like an answer, so nobody catches everything, except where a process or a client would
# otherwise be left without one. This list can only shrink.
LAST_LINES = {
    "gateway/app.py",  # background work that ends by a bug is started again
    "gateway/api/tmf630/answers.py",  # a request, or a write carried out behind, gets an error body for an answer
    "gateway/events/relay.py",  # what one event does to one listener's query stops nobody else's deliveries
}


def test_nobody_catches_everything() -> None:
    """What swallows every error tells a bug to the client as an empty list, and loses what an operator needs."""
    found = {
        place.split(":")[0]
        for place, node in nodes("gateway", "contracts", "adapters", kind=ast.ExceptHandler)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or "Exception" in {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)})
    }
    assert found == LAST_LINES


def test_the_gateway_names_no_adapter() -> None:
    """The second billing system comes sooner than one thinks; what knows the first by name has to be found again."""
    known = re.compile("|".join(discover()), re.IGNORECASE)
    found = []
    for place, node in nodes("gateway/", "contracts/", "banyan/"):
        word = node.id if isinstance(node, ast.Name) else node.value if isinstance(node, ast.Constant) else None
        if isinstance(word, str) and known.search(word) and not place.startswith(DEMO):
            found.append(place)
    assert found == []


def test_adapters_stand_on_the_sdk_alone() -> None:
    """`contracts` and `gateway` are names of other people's packages too: an author outside has only `banyan`."""
    allowed = {"banyan", "adapters", "pydantic", "lxml"} | sys.stdlib_module_names
    found = []
    for place, node in nodes("adapters/"):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found += [f"{place} {name}" for name in names if name.split(".")[0] not in allowed]
    assert found == []


def test_names_are_of_the_trade() -> None:
    """A Manager manages nothing in particular: such a class collects what nobody found a place for."""
    found = [
        f"{place} {node.name}"
        for place, node in nodes("", kind=ast.ClassDef)
        if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Utils?|Impl|Base)$", node.name)
    ]
    assert found == []


def test_files_are_short_and_say_what_they_are_for() -> None:
    """Nobody reads a file of a thousand lines before he changes it."""
    for name, tree in TREES.items():
        lines = (ROOT / name).read_text(encoding="utf-8").count("\n")
        assert lines <= 400, name
        assert not tree.body or ast.get_docstring(tree), f"{name} has no docstring"


def test_nothing_happens_at_import() -> None:
    """A module that opens a file at import breaks `banyan --help` on a machine without that file."""
    script = """
import sys, json, importlib
seen = []
def heard(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"): seen.append([event, str(arguments)])
    if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith((".toml", ".json", ".wsdl", ".db")):
        seen.append([event, arguments[0]])
    if event in ("sqlite3.connect", "subprocess.Popen", "os.mkdir"): seen.append([event, str(arguments)])
sys.addaudithook(heard)
for module in json.loads(sys.argv[1]): importlib.import_module(module)
print(json.dumps(seen))
"""
    modules = [
        name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for name in TREES
        if "migrations/" not in name and "__main__" not in name
    ]
    ran = subprocess.run(
        [sys.executable, "-B", "-c", script, json.dumps(modules)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == []


METHODS = [
    (port, name, method)
    for port in [Adapter, *PORTS.values()]
    for name, method in getmembers(port, isfunction)
    if name in vars(port) and not name.startswith("_") and name != "aclose"
]


@pytest.mark.parametrize(("port", "name", "method"), METHODS, ids=lambda value: getattr(value, "__name__", None))
def test_a_port_method_declares_itself(port: type, name: str, method: object) -> None:
    """Policy retries by what a method says of itself; one that says nothing would be booked twice or never."""
    assert getattr(method, "__semantics__", None) in ("read", "repeatable", "once"), f"{port.__name__}.{name}"
    assert callable(method)
    assert list(signature(method).parameters)[:2] == ["self", "call"], f"{port.__name__}.{name} takes no Call"


LOOKED_UP_BY = {"place_order": "order_by_key", "top_up": "top_up_by_key", "redeem": "top_up_by_key"}


def test_a_once_only_write_can_be_looked_up() -> None:
    """An answer that is lost is settled by asking, never by sending again."""
    once = {name: port for port, name, method in METHODS if getattr(method, "__semantics__", "") == "once"}
    assert set(once) == set(LOOKED_UP_BY)
    for name, port in once.items():
        assert getattr(port, LOOKED_UP_BY[name]).__semantics__ == "read"


@pytest.mark.parametrize("manifest", discover().values(), ids=lambda manifest: manifest.name)
def test_a_manifest_tells_the_truth(manifest: object) -> None:
    """A capability that is said to be there and is not is found by a customer. `full` means: the class has its own."""
    from gateway.registry import Manifest  # noqa: PLC0415 - named for mypy alone

    assert isinstance(manifest, Manifest)
    made = named(manifest.cls)
    for port in (PORTS[name] for name in manifest.ports):
        for name, method in vars(port).items():
            capability = getattr(method, "__capability__", None)
            if capability is not None:
                overridden = getattr(made, name) is not method
                assert overridden == (manifest.capabilities[capability] == "full"), f"{manifest.name}: {capability}"
