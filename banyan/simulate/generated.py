"""A simulated system made from its WSDL: sampled answers, the same each time, over rows that tests know."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import count
from typing import Any

from banyan.simulate.simulator import Answer, Operation, Request
from banyan.soap import SoapContract, SoapFault
from banyan.soap.sampled import sampled_reply

Row = dict[str, Any]


def not_found() -> SoapFault:
    """What is said of an id that no row has, unless the simulator is told another fault."""
    return SoapFault("Client", "not found")


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
        self.all = [{**deepcopy(self._template), **deepcopy(dict(row))} for row in self._first]

    def like(self, template: Mapping[str, Any]) -> None:
        """Fill up the rows from a sampled one."""
        self._template = {**template, **self._template}
        self.reset()

    def add(self, **parts: Any) -> Row:
        """One more row: what a write has made."""
        row = {**deepcopy(self._template), **parts}
        self.all.append(row)
        return row

    def of(self, request: Request) -> list[Row]:
        """The rows that a request asks for, to read and to change. LookupError when it asks by an id that none has."""
        found, asked, known = self.all, False, False
        for name, value in leaves(request.parameters):
            if value is not None and name in self._keys:
                asked, known = True, known or str(value) in self._empty
                found = [row for row in found if str(row.get(name)) == str(value)]
        if asked and not found and not known:
            raise LookupError("no row has this id")
        return found


class Generated:
    """Every operation of a contract answers. Those that are told a path and rows answer from them."""

    def __init__(
        self,
        contract: SoapContract,
        missing: Callable[[], SoapFault | Row] = not_found,
        says: Mapping[str, Any] | None = None,
    ) -> None:
        """`missing`: what is said of an id that no row has, a fault or the body of a reply. `says`: by the name of a
        part, what every reply has there, such as the code of success.
        """
        self._says = says or {}
        self._contract = contract
        self._missing = missing
        self._handlers: dict[str, Callable[[Request], Any]] = {}
        self._tables: list[Rows] = []
        self._numbers = count(1)

    def lists(self, operation: str, path: Sequence[str], rows: Rows) -> None:
        """The operation answers with those of the rows that it is asked for, as the list that lies at the path."""
        self._read(operation, path, rows, lambda found: found)

    def gives(self, operation: str, path: Sequence[str], rows: Rows) -> None:
        """The operation answers with the one row that it is asked for."""
        self._read(operation, path, rows, lambda found: found[0])

    def takes(self, operation: str, reference: str, rows: Rows | None = None) -> None:
        """The operation does work: one effect in the ledger for each request, under the part that is our reference.

        With `rows`, it is refused for ids that none of them has.
        """

        def handle(request: Request) -> Any:
            if rows is not None:
                self._known(rows, request)
            said = next((str(value) for name, value in leaves(request.parameters) if name == reference), None)
            request.effect(reference=said, native_id=said or f"N-{next(self._numbers)}")
            return self.sampled(request)

        self._handlers[operation] = handle

    def operations(self, own: Mapping[str, Callable[[Request], Any]] | None = None) -> dict[str, Operation]:
        """All of them. `own`: handlers that you wrote, by operation; a LookupError of theirs is the missing fault."""
        handlers = {**self._handlers, **(own or {})}
        return {name: Operation(self._guarded(handlers.get(name, self.sampled))) for name in self._contract.operations}

    def reset(self) -> None:
        self._numbers = count(1)
        for table in self._tables:
            table.reset()

    def sampled(self, request: Request) -> Answer:
        """A sampled reply in which whatever is called as in the request has the request's value."""
        reply = sampled_reply(self._contract, request.operation)
        said = {name: value for name, value in leaves(request.parameters) if value is not None} | dict(self._says)
        return Answer(_echoed(reply.body, said), _echoed(reply.header, {}) or None)

    def _read(self, operation: str, path: Sequence[str], rows: Rows, choose: Callable[[list[Row]], Any]) -> None:
        parts = self._template(operation, path)
        rows.like(parts)
        if rows not in self._tables:
            self._tables.append(rows)

        def handle(request: Request) -> Any:
            found = [{name: row[name] for name in parts if name in row} for row in self._known(rows, request)]
            answer = self.sampled(request)
            return Answer(_put(answer.body, path, choose(found) if found else []), answer.header)

        self._handlers[operation] = handle

    def _template(self, operation: str, path: Sequence[str]) -> Row:
        value = sampled_reply(self._contract, operation).body
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None  # another branch of a choice was sampled
            value = value[0] if isinstance(value, list) and value else value
        return dict(value) if isinstance(value, dict) else {}

    def _known(self, rows: Rows, request: Request) -> list[Row]:
        return rows.of(request)

    def _guarded(self, handle: Callable[[Request], Any]) -> Callable[[Request], Any]:
        def guarded(request: Request) -> Any:
            try:
                return handle(request)
            except LookupError:
                told = self._missing()
                if isinstance(told, SoapFault):
                    raise told from None
                return told

        return guarded


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The simple values of a message, by the names of their parts."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def _echoed(value: Any, said: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {
            name: said[name] if name in said and type(said[name]) is type(inner) else _echoed(inner, said)
            for name, inner in value.items()
        }
    return [_echoed(inner, said) for inner in value] if isinstance(value, list) else value


def _put(value: Any, path: Sequence[str], content: Any) -> Any:
    if not path:
        return content
    if isinstance(value, list):
        return [_put(value[0], path, content)] if value else [_put({}, path, content)]
    return {**value, path[0]: _put(value.get(path[0]) or {}, path[1:], content)}
