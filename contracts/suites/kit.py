"""What the suites stand on: facts that an author states, a legacy system that fails on demand, and how it must fail."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest

from contracts.call import Call
from contracts.capability import Support
from contracts.errors import Happened, PortError, Unsupported
from contracts.faults import BECOMES, REFUSED, SLOW, VALUES, Fault
from contracts.page import Slice, Window
from contracts.ports import PORTS, Adapter

PATIENCE_S = 10.0
"""How long a call waits in a suite; a delay lasts longer, so give the adapter a short time limit."""


class Calls(Protocol):
    """Makes a fresh call, with its own deadline."""

    def __call__(self, seconds: float = PATIENCE_S) -> Call: ...


Ask = Callable[[Any, Call], Awaitable[object]]
"""One question to an adapter."""
Another = Callable[[], Awaitable[Any]]
"""Makes one more adapter of the same system; it is closed with the test."""

every_fault = pytest.mark.parametrize("fault", sorted(set(BECOMES) - SLOW - VALUES))
"""Those that any reply may meet, and that nobody has to wait for. The others have laws of their own."""
on_simulator = pytest.mark.simulator_only
"""A law that needs to see or break the legacy system: skipped where that is a recording or the real thing."""
MOST = 100
"""Rows of a list that a law looks at: a real system may have many more."""
REFUSING = 503
"""The status of the faults in REFUSED."""
LOOK_UPS = {"place_order": "order_by_key", "top_up": "top_up_by_key", "redeem": "top_up_by_key"}
"""Which read settles an unanswered once-only write."""


class Southbound(Protocol):
    """The legacy system under the adapter, as a test sees it."""

    @property
    def calls(self) -> int:
        """How many requests it received."""
        ...

    @property
    def spans(self) -> int:
        """How many attempts the wire traced."""
        ...

    @property
    def armed(self) -> int:
        """How many faults still wait for their call."""
        ...

    def arm(self, fault: Fault, *, operation: str = "*", after: int = 0, times: int = 1) -> None: ...

    def reset(self) -> None:
        """Back to how it started, with no fault armed."""
        ...

    async def settled(self) -> None:
        """Until nothing is on its way any more: a question that failed may leave calls behind that nobody awaits."""
        ...

    def effects(self, reference: str) -> list[dict[str, Any]]:
        """The ledger lines with this reference."""
        ...


class AdapterContract:
    """Every adapter: answers a probe, and can what its manifest says. Authors subclass as Test..., and state facts."""

    adapter_class: ClassVar[type[Adapter]]
    manifest: ClassVar[Path]

    def asks(self) -> dict[str, Ask]:
        """By port method, what the laws of every port ask: with facts that the system knows."""
        return {"probe": lambda adapter, call: adapter.probe(call)}

    def others(self) -> dict[str, Ask]:
        """The same questions about something else; no law needs more than one method of a port."""
        return {}

    def personal(self) -> tuple[str, ...]:
        """What no log, span or error may repeat: numbers and names of subscribers."""
        return ()

    def offered(self) -> dict[str, Ask]:
        """The questions that the manifest says are answered."""
        gaps = self._gaps()
        return {name: ask for name, ask in self.asks().items() if name not in gaps}

    def reads(self) -> dict[str, Ask]:
        methods = _methods(self._said()["ports"])
        semantics = {name: getattr(methods.get(name), "__semantics__", "read") for name in self.asks()}
        return {name: ask for name, ask in self.offered().items() if semantics[name] == "read"}

    async def test_it_answers_a_probe(self, adapter: Adapter, calls: Calls) -> None:
        await adapter.probe(calls())

    def test_its_capabilities_are_as_its_manifest_says(self) -> None:
        said = self._said()
        ports = [PORTS[name] for name in said["ports"]]
        missing = [port.__name__ for port in ports if port not in self.adapter_class.__mro__]
        assert not missing, f"{self.adapter_class.__name__} inherits no {missing}, which the manifest lists as ports"
        for port in ports:
            for name, method in vars(port).items():
                capability = getattr(method, "__capability__", None)
                if capability is not None:
                    written = getattr(self.adapter_class, name) is not method
                    told = said["capabilities"][capability]
                    assert written == (told == Support.FULL), (
                        f'the manifest says of "{capability}": {told}, and {name} is {"" if written else "not "}written'
                    )

    async def test_what_it_is_said_to_lack_does_not_work(self, adapter: Adapter, calls: Calls) -> None:
        asks = self.asks()
        lacking = [name for name in self._gaps() if name in asks]
        if not lacking:
            pytest.skip("it lacks nothing that can be asked")
        for name in lacking:
            ended = await outcome(asks[name](adapter, calls()))
            assert isinstance(ended, Unsupported), f"{name} works: the manifest may say that it is full"

    def test_an_unanswered_write_can_be_settled(self) -> None:
        """Each once-only write has a look-up that works, or the manifest says why a human settles it."""
        said, gaps = self._said(), self._gaps()
        by_hand = said.get("settled_by_hand", {})
        for name, method in _methods(said["ports"]).items():
            if getattr(method, "__semantics__", None) != "once" or name in gaps:
                continue
            look_up = LOOK_UPS.get(name)
            settled = look_up is not None and look_up not in gaps
            told = by_hand.get(name) or by_hand.get(getattr(method, "__capability__", name))
            assert settled or told, (
                f"nobody says how an unanswered {name} is settled: write {look_up or 'a look-up'}, "
                "or say in [settled_by_hand] of the manifest why a human does it"
            )

    async def opened(self, another: Another, calls: Calls) -> Any:
        """One more adapter, past its login where it has sessions: what is armed then meets the question itself."""
        made = await another()
        await self.ready(made, calls)
        return made

    async def ready(self, adapter: Adapter, calls: Calls) -> None:
        """Past its login where it has sessions: the next call is about work."""
        if self._said().get("backend", {}).get("auth") == "session":
            await adapter.probe(calls())

    async def fails(self, southbound: Southbound, fault: Fault, work: Awaitable[object], *, after: int = 0) -> None:
        """The work meets the fault at its first call, or `after` some, and says which error it was and what may have
        happened.

        The fault hits one call, so an adapter that tries again by itself is found out: that is for policy to decide.
        """
        southbound.arm(fault, after=after)
        wrong = self.wrong_about(fault, await outcome(work))
        assert wrong is None, wrong

    def happened_after(self, fault: Fault) -> Happened:
        """That nothing was done counts only where the manifest declares that the system says so by this status."""
        declared = REFUSING in self._said().get("facts", {}).get("refused", ())
        return Happened.NO if fault in REFUSED and declared else Happened.UNKNOWN

    def wrong_about(self, fault: Fault, ended: object) -> str | None:
        """What is wrong with how a question ended that met the fault; None when nothing is."""
        wanted = " or ".join(kind.__name__ for kind in BECOMES[fault])
        if not isinstance(ended, PortError):
            told = "nothing" if ended is None else type(ended).__name__
            return f"{fault} ended in {told}, not in {wanted}: the adapter catches the error, or asks again by itself"
        if not isinstance(ended, BECOMES[fault]):
            return f"{fault} became {type(ended).__name__} ({ended}), not {wanted}: let the SDK's error pass"
        happened = self.happened_after(fault)
        if ended.happened is not happened:
            return f"after {fault} it says of the work: happened {ended.happened}, not {happened}; only the wire knows"
        return None

    def _said(self) -> dict[str, Any]:
        return tomllib.loads(self.manifest.read_text(encoding="utf-8"))

    def _gaps(self) -> set[str]:
        """The methods whose capability is not full."""
        said = self._said()
        found = {name: getattr(method, "__capability__", None) for name, method in _methods(said["ports"]).items()}
        return {name for name, each in found.items() if each and said["capabilities"][each] != Support.FULL}


async def outcome(work: Awaitable[object]) -> object:
    """What it answers, or the port error that it raises; anything else that it raises is a bug and shows itself."""
    try:
        return await work
    except PortError as error:
        return error


async def pages_join(ask: Callable[[Window], Awaitable[Slice[Any]]], step: int) -> list[Any]:
    """Fails unless pages of that size are the list as it comes at once; returns how it begins."""
    whole = (await ask(Window(limit=MOST))).items
    joined: list[Any] = []
    for offset in range(0, len(whole) + step, step):
        page = await ask(Window(offset, step))
        joined += page.items
        if page.total is not None:
            assert page.total == len(whole) or page.total > MOST == len(whole), f"there are {len(whole)} rows in all"
    assert joined[:MOST] == whole, "pages differ from the whole: keep one order, and filter before the page is cut"
    return whole


def _methods(ports: list[str]) -> Mapping[str, Any]:
    return {name: method for port in ports for name, method in vars(PORTS[port]).items() if not name.startswith("_")}


def needs(*capabilities: str) -> pytest.MarkDecorator:
    """A law of optional abilities: skipped unless the manifest says that all of them are full."""
    return pytest.mark.needs(*capabilities)
