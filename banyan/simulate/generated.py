"""A simulated system made from its WSDL: sampled answers, the same each time, over rows that tests know."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from banyan.simulate.rows import Row, Rows, Works, leaves
from banyan.simulate.simulator import Answer, Operation, Request
from banyan.soap import SoapContract, SoapFault
from banyan.soap.sampled import sampled_reply


def not_found() -> SoapFault:
    """What is said of an id that no row has, unless the simulator is told another fault."""
    return SoapFault("Client", "not found")


class Generated:
    """Every operation of a contract answers. Those that are told a path and rows answer from them."""

    def __init__(
        self,
        contract: SoapContract,
        missing: Callable[[], SoapFault | Row | Answer] = not_found,
        says: Mapping[str, Any] | None = None,
    ) -> None:
        """`missing`: what is said of an id that no row has, a fault, or those parts of a reply that tell it. `says`: by
        the name of a part, what every reply has there, such as the code of success; None leaves it out.
        """
        self._says = says or {}
        self._contract = contract
        self._missing = missing
        self._handlers: dict[str, Callable[[Request], Any]] = {}
        self._tables: list[Rows] = []
        self._numbers = count(1)
        self._spent: set[str] = set()

    def lists(
        self,
        operation: str,
        path: Sequence[str],
        rows: Rows,
        *,
        silent: bool = False,
        within: tuple[str, str, str] | None = None,
        when: tuple[str, str] | None = None,
        by: tuple[str, str] | None = None,
    ) -> None:
        """The operation answers with those of the rows that it is asked for, as the list that lies at the path.

        `silent`: about an id that no row has it answers with nothing, and not with `missing`. `within`: the parts of
        the request from when and before when, and the part of a row that says when. `when`: as for `makes`. `by`: a
        part of the request and what rows call it, where operations mean different things by one name (`arg0`).
        """
        self._read(operation, path, rows, lambda found: found, silent=silent, within=within, when=when, by=by)

    def gives(
        self,
        operation: str,
        path: Sequence[str],
        rows: Rows,
        *,
        silent: bool = False,
        when: tuple[str, str] | None = None,
        by: tuple[str, str] | None = None,
    ) -> None:
        """The operation answers with the one row that it is asked for. `silent`, `when` and `by`: as for `lists`."""
        one: Callable[[list[Row]], Any] = lambda found: next(iter(found), None) if silent else found[0]  # noqa: E731
        self._read(operation, path, rows, one, silent=silent, when=when, by=by)

    def takes(self, operation: str, reference: str, rows: Rows | None = None) -> None:
        """The operation does work: one effect in the ledger for each request, under the part that is our reference.

        With `rows`, it is refused for ids that none of them has.
        """

        def handle(request: Request) -> Any:
            if rows is not None:
                rows.of(request)
            said = next((str(value) for name, value in leaves(request.parameters) if name == reference), None)
            request.effect(reference=said, native_id=said or f"N-{next(self._numbers)}")
            return self.sampled(request)

        self._handlers[operation] = handle

    def makes(self, operation: str, works: Works, when: tuple[str, str] | None = None, **parts: Any) -> None:
        """The operation makes a piece of work of what it is told, with one effect in the ledger; reads then find it.

        `parts`: what else is known of it then, such as how it stands. `when`: a part of the request and its value, for
        an operation that does several things.
        """

        def handle(request: Request) -> Any:
            known = works.known(request)
            if known is not None:
                return self._told(request, known)
            row = works.make(request, str(7000 + next(self._numbers)), parts)
            request.effect(reference=works.reference_of(row), native_id=works.number_of(row))
            return self._told(request, row)

        self._handles(operation, works, handle, when)

    def changes(self, operation: str, works: Works, when: tuple[str, str] | None = None, **parts: Any) -> None:
        """The operation changes the work that it names, to what it is told and to `parts`.

        One effect in the ledger, and none where all is so already.
        """

        def handle(request: Request) -> Any:
            row = works.of(request)[0]
            if works.change(row, request, parts):
                request.effect(reference=works.reference_of(row), native_id=works.number_of(row))
            return self._told(request, row)

        self._handles(operation, works, handle, when)

    def tops_up(self, operation: str, works: Works, balances: Rows, amount: str, left: str, **parts: Any) -> None:
        """The operation puts an amount on the balance of whom it names; reads then find the top-up as a piece of work.

        `amount`: the part of the request that says how much. `left`: the part of a row of `balances` that rises by it,
        in the same unit. `parts`: what else is known of the top-up then.
        """
        self._credits(operation, works, balances, left, lambda request: _said(request, amount), parts)

    def redeems(
        self,
        operation: str,
        works: Works,
        balances: Rows,
        voucher: str,
        left: str,
        worth: Mapping[str, Any],
        **parts: Any,
    ) -> None:
        """As `tops_up`, with what a voucher is worth. `voucher`: the part with its code; `worth`: the codes that are
        good, each for once.
        """

        def spend(request: Request) -> Any:
            code = str(_said(request, voucher))
            if code not in worth or code in self._spent:
                raise SoapFault("Client", "the voucher is not valid")
            self._spent.add(code)
            return worth[code]

        self._credits(operation, works, balances, left, spend, parts)

    def operations(self, own: Mapping[str, Callable[[Request], Any]] | None = None) -> dict[str, Operation]:
        """All of them. `own`: handlers that you wrote, by operation; a LookupError of theirs is the missing fault."""
        handlers = {**self._handlers, **(own or {})}
        return {name: Operation(self._guarded(handlers.get(name, self.sampled))) for name in self._contract.operations}

    def reset(self) -> None:
        self._numbers = count(1)
        self._spent.clear()
        for table in self._tables:
            table.reset()

    def sampled(self, request: Request) -> Answer:
        """A sampled reply in which whatever is called as in the request has the request's value."""
        reply = sampled_reply(self._contract, request.operation)
        said = {name: value for name, value in leaves(request.parameters) if value is not None} | dict(self._says)
        return Answer(_echoed(reply.body, said), _echoed(reply.header, self._says) or None)

    def _credits(
        self,
        operation: str,
        works: Works,
        balances: Rows,
        left: str,
        much: Callable[[Request], Any],
        parts: Mapping[str, Any],
    ) -> None:
        def handle(request: Request) -> Any:
            known = works.known(request)
            if known is not None:
                return self._told(request, known)
            balance = _holder(balances.having(works.owner_in(request))[0], left)
            amount = much(request)
            balance[left] = _raised(balance[left], amount)
            row = works.make(request, str(7000 + next(self._numbers)), parts)
            entered = Decimal(str(amount))
            request.effect(reference=works.reference_of(row), native_id=works.number_of(row), amount=entered)
            return self._told(request, row)

        self._handles(operation, works, handle, None)

    def _handles(
        self, operation: str, rows: Rows, handle: Callable[[Request], Any], when: tuple[str, str] | None
    ) -> None:
        before = self._handlers.get(operation, self.sampled)
        self._keep(rows)

        def chosen(request: Request) -> Any:
            meant = when is None or dict(leaves(request.parameters)).get(when[0]) == when[1]
            return handle(request) if meant else before(request)

        self._handlers[operation] = chosen

    def _told(self, request: Request, row: Row) -> Answer:
        """A sampled reply that says of the row what it has a part for."""
        reply = self.sampled(request)
        return Answer(_echoed(reply.body, row), reply.header)

    def _keep(self, rows: Rows) -> None:
        if rows not in self._tables:
            self._tables.append(rows)

    def _read(
        self,
        operation: str,
        path: Sequence[str],
        rows: Rows,
        choose: Callable[[list[Row]], Any],
        *,
        silent: bool,
        within: tuple[str, str, str] | None = None,
        when: tuple[str, str] | None = None,
        by: tuple[str, str] | None = None,
    ) -> None:
        parts = self._template(operation, path)
        rows.like(parts)

        def handle(request: Request) -> Any:
            answer = self.sampled(request)
            try:
                known = rows.of(request, by)
            except LookupError:
                if not silent:
                    raise
                known = []
            if within is not None:
                since, until, at = within
                known = [row for row in known if _said(request, since) <= row[at] < _said(request, until)]
            found = [{name: _typed(row[name], parts[name]) for name in parts if name in row} for row in known]
            return Answer(_put(answer.body, path, choose(found)), answer.header)

        self._handles(operation, rows, handle, when)

    def _template(self, operation: str, path: Sequence[str]) -> Row:
        value = _echoed(sampled_reply(self._contract, operation).body, self._says)
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None  # another branch of a choice was sampled
            value = value[0] if isinstance(value, list) and value else value
        return dict(value) if isinstance(value, dict) else {}

    def _guarded(self, handle: Callable[[Request], Any]) -> Callable[[Request], Any]:
        def guarded(request: Request) -> Any:
            try:
                return handle(request)
            except LookupError:
                told = self._missing()
                if isinstance(told, SoapFault):
                    raise told from None
                return self._lacking(request, told)

        return guarded

    def _lacking(self, request: Request, told: Row | Answer) -> Answer:
        """A reply that says so, without whatever it was asked for."""
        said = told if isinstance(told, Answer) else Answer(told)
        reply = self.sampled(request)
        return Answer(_bare(reply.body, said.body), _bare(reply.header or {}, said.header or {}) or None)


def _echoed(value: Any, said: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {
            name: None
            if name in said and said[name] is None
            else said_
            if name in said and type(said_ := _typed(said[name], inner)) is type(inner)
            else _echoed(inner, said)
            for name, inner in value.items()
        }
    return [_echoed(inner, said) for inner in value] if isinstance(value, list) else value


def _bare(sample: Any, said: Any) -> Any:
    """What is said, and beside it the simple values of a sample."""
    if not isinstance(sample, dict) or not isinstance(said, Mapping):
        return said
    beside = {name: value for name, value in sample.items() if name not in said and not isinstance(value, dict | list)}
    return beside | {name: _bare(sample[name], value) for name, value in said.items() if name in sample}


def _typed(value: Any, sample: Any) -> Any:
    """A number as text, or a text as number, as the contract has it."""
    if type(sample) is int and isinstance(value, str) and value.isdigit():
        return int(value)
    return str(value) if type(sample) is str and type(value) is int else value


def _put(value: Any, path: Sequence[str], content: Any) -> Any:
    if not path:
        return content
    if isinstance(value, list):
        return [_put(value[0], path, content)] if value else [_put({}, path, content)]
    return {**value, path[0]: _put(value.get(path[0]) or {}, path[1:], content)}


def _said(request: Request, name: str) -> Any:
    """A part of a request that it cannot do without."""
    found = dict(leaves(request.parameters)).get(name)
    if found is None:
        raise SoapFault("Server", f"{request.operation} was asked without {name}")
    return found


def _holder(row: Row, name: str) -> Row:
    """The record with a part, in a row or below it."""
    below = [value for value in row.values() if isinstance(value, dict)]
    found = row if name in row else next((each for each in below if name in each), None)
    if found is None:
        raise SoapFault("Server", f"a row of the balances has no {name}")
    return found


def _raised(value: Any, amount: Any) -> Any:
    """So much more, in the type that it has."""
    return type(value)(Decimal(str(value)) + Decimal(str(amount)))
