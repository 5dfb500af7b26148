"""What a generated simulator knows: rows that tests know, and work that was asked for."""

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from banyan.simulate.simulator import Request

Row = dict[str, Any]


class Rows:
    """What the system knows of one kind of thing. A row says what matters; the rest of its parts are sampled.

    A row may also hold what it is asked by, under the name that the request has for it: such parts are not answered.
    """

    def __init__(self, *rows: Mapping[str, Any], by: Collection[str] = (), empty: Collection[object] = ()) -> None:
        """`by`: more parts of requests that say which rows are meant. `empty`: ids that are known and have no row."""
        self._first = rows
        self._keys = {*by, *(name for row in rows for name in row)}
        self._empty = {str(each) for each in empty}
        self._template: Row = {}
        self.reset()

    def reset(self) -> None:
        self.all = [_over(deepcopy(self._template), deepcopy(dict(row))) for row in self._first]

    def like(self, template: Mapping[str, Any]) -> None:
        """Fill up the rows from a sampled one."""
        self._template = {**template, **self._template}
        self.reset()

    def add(self, **parts: Any) -> Row:
        """One more row: what a write has made."""
        row = {**deepcopy(self._template), **parts}
        self.all.append(row)
        return row

    def having(self, value: object) -> list[Row]:
        """The rows that one of the ids belongs to. LookupError when none has it."""
        found = [row for row in self.all if any(str(row.get(name)) == str(value) for name in self._keys)]
        if not found:
            raise LookupError("no row has this id")
        return found

    def of(self, request: Request, by: tuple[str, str] | None = None) -> list[Row]:
        """The rows that a request asks for, to read and to change. LookupError when it asks by an id that none has.

        `by`: a part of the request, and what rows call it.
        """
        found, asked, known = self.all, False, False
        called = {} if by is None else dict([by])
        for said, value in leaves(request.parameters):
            name = called.get(said, said)
            if value is not None and name in self._keys:
                asked, known = True, known or str(value) in self._empty
                found = [row for row in found if str(row.get(name)) == str(value)]
        if asked and not found and not known:
            raise LookupError("no row has this id")
        return found


class Works(Rows):
    """Work that writes have asked for: orders, activations, top-ups.

    Each is found by our reference, by the system's number, and by whose it is.
    A row holds whatever the request told, by the names of its parts.
    """

    def __init__(
        self,
        reference: str | Collection[str],
        native_id: str | Collection[str] = (),
        *,
        whose: str | Collection[str] = (),
        empty: Collection[object] = (),
        again: bool = False,
        there: str | None = None,
    ) -> None:
        """The parts that carry our reference, and those that carry the system's own number, in all operations.

        `whose`: the parts that say whom it is for, such as the subscriber, and `empty` those who are known and have
        none. `again`: the system knows a reference that it has, and answers as it did the first time. Without it
        whatever comes twice is done twice, as most systems do. `there`: the name of work that is there from the start.
        """
        self._references = (reference,) if isinstance(reference, str) else tuple(reference)
        self._numbers = (native_id,) if isinstance(native_id, str) else tuple(native_id)
        self._whose = (whose,) if isinstance(whose, str) else tuple(whose)
        self._again = again
        names = (*self._references, *self._numbers)
        first = [] if there is None else [dict.fromkeys(names, there)]
        super().__init__(*first, by=(*names, *self._whose), empty=empty)

    def make(self, request: Request, number: str, parts: Mapping[str, Any]) -> Row:
        """Enter what a request asks for, under a number of the system's own."""
        told = _told(request)
        ours = next((told[name] for name in self._references if name in told), None)
        named = dict.fromkeys(self._numbers, number) | dict.fromkeys(self._references, ours)
        named |= dict.fromkeys(self._whose, self.owner_in(request))
        return self.add(**told | named | dict(parts))

    def known(self, request: Request) -> Row | None:
        """The work that has the reference already, where the system looks."""
        ours = next((value for name, value in leaves(request.parameters) if name in self._references), None)
        return next((row for row in self.all if self._again and self.reference_of(row) == ours), None)

    def change(self, row: Row, request: Request, parts: Mapping[str, Any]) -> bool:
        """Whether anything is otherwise now. When it was asked for changes nothing."""
        wanted = {name: value for name, value in _told(request).items() if name in row and name not in self._keys}
        wanted |= parts
        changed = any(row[name] != value for name, value in wanted.items() if not isinstance(value, datetime))
        row |= wanted
        return changed

    def owner_in(self, request: Request) -> Any:
        """Whom a request is for."""
        return next((value for name, value in leaves(request.parameters) if name in self._whose), None)

    def reference_of(self, row: Row) -> str | None:
        return next((row[name] for name in self._references), None)

    def number_of(self, row: Row) -> str | None:
        return next((row[name] for name in self._numbers), self.reference_of(row))


def _over(sampled: Row, row: Row) -> Row:
    """A row over what was sampled, part by part."""
    below = {name: _over(sampled[name], row[name]) for name in row if _both(sampled.get(name), row[name])}
    return {**sampled, **row, **below}


def _both(sampled: object, said: object) -> bool:
    return isinstance(sampled, dict) and isinstance(said, dict)


def _told(request: Request) -> Row:
    return {name: value for name, value in leaves(request.parameters) if value is not None}


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The simple values of a message, by the names of their parts."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
            yield from leaves(inner, name)
    else:
        yield name, value


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """`{"name": "IMSI", "value": "262..."}` is a value called IMSI."""
    if isinstance(value, Mapping) and len(value) == 2:  # noqa: PLR2004
        name, other = sorted(value, key=lambda each: not each.lower().endswith(("name", "key")))
        if name.lower().endswith(("name", "key")) and isinstance(value[name], str):
            yield value[name], value[other]
