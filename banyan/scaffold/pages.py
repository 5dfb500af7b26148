"""Lists that come in pages: the adapter asks until there is no more, and mapping.py says what is asked next."""

import re
from collections.abc import Iterator

from banyan.scaffold.asked import Method
from banyan.scaffold.composed import Composed, Function
from banyan.scaffold.fields import TEXT, WHOLE, todo
from banyan.scaffold.guess import paging, rows
from banyan.scaffold.words import split
from banyan.soap.survey import Operation, Part

MORE = frozenset({"more", "next", "continuation"})
"""Words of those parts of a reply that lead to the next page."""


def paged(made: Composed, method: Method, operation: Operation, sent: str, read: str) -> list[str] | None:
    """The lines that ask for page after page; None where an answer is all there is. `read`: what maps one reply."""
    asks, tells = list(_asks(operation.asks)), list(_tells(method, operation.answers))
    if not asks and not tells:
        return None
    made.functions.append(_next(method, operation, asks, tells))
    made.mapping_names |= {"todo"} if "todo(" in made.functions[-1].body[-1] else set()
    made.adapter_words |= {"Record"}
    for path in tells:
        made.says[path[-1].name] = "False" if path[-1].kind == "boolean" else '""' if path[-1].required else "None"
    found = re.search(rf"mapping\.{method.name}_request\([^)]*\)", sent)
    request = found.group() if found else "{}"
    inner = method.returns.removeprefix("Slice[")[:-1]
    return [
        f"found: list[{inner}] = []",
        f"asks: Record | None = {request}",
        "while asks is not None:",
        f"    reply = {made.sent(operation, 'asks')}",
        f"    found += {read}",
        f"    asks = mapping.{method.name}_next(asks, reply.body)",
        "return Slice(found[window.offset :][: window.limit], total=len(found))",
    ]


def _asks(part: Part) -> Iterator[Part]:
    """The parts of a request that say which page is wanted."""
    for each in part.parts:
        if each.complex and not each.repeats:
            yield from _asks(each)
        elif not each.complex and not each.repeats and each.kind in WHOLE | TEXT and paging(each):
            yield each


def _tells(method: Method, answers: Part) -> Iterator[tuple[Part, ...]]:
    """The parts beside the rows that lead to the next page, each as the path to it."""
    listed = rows(answers, method.noun)
    way = () if listed is None else listed[0][:-1]
    for at in range(len(way) + 1):
        for each in (answers, *way)[at].parts:
            if not each.complex and not each.repeats and MORE & set(split(each.name)):
                yield (*way[:at], each)


def _next(method: Method, operation: Operation, asks: list[Part], tells: list[tuple[Part, ...]]) -> Function:
    said = ", ".join(part.told for part in asks) or "nothing for it"
    told = ", ".join(path[-1].told for path in tells) or "nothing of it"
    doc = f"What is asked for the next page, None after the last. {operation.local} takes {said}, and answers {told}."
    what = todo(f"{operation.local}: what is asked for the next page?")
    body = _by_mark(operation, asks, tells) or [f"return {what[:-1]}, asked, body)"]
    return Function(f"{method.name}_next", "asked: Record, body: Record", "Record | None", doc, body)


def _by_mark(operation: Operation, asks: list[Part], tells: list[tuple[Part, ...]]) -> list[str] | None:
    """A mark that a reply gives and the next request gives back."""
    marks = [path for path in tells if path[-1].kind in TEXT]
    takes = [part for part in asks if part.kind in TEXT and part in operation.asks.parts]
    flat = all(len(path) == 1 for path in tells)
    if len(marks) != 1 or len(takes) != 1 or not flat:
        return None
    flag = next((path[-1] for path in tells if path[-1].kind == "boolean"), marks[0][-1])
    lines = [f'if not body["{flag.name}"]:', "    return None"]
    return [*lines, f'return {{**asked, "{takes[0].name}": body["{marks[0][-1].name}"]}}  # guessed']
