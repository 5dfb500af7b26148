"""What the suites stand on: facts that an author states, a legacy system that fails on demand, and how it must fail."""

import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest

from contracts.call import Call
from contracts.capability import Support
from contracts.errors import Happened
from contracts.faults import BECOMES, Fault
from contracts.ports import PORTS, Adapter

Calls = Callable[[], Call]
"""Makes a fresh call, with its own deadline."""

every_fault = pytest.mark.parametrize("fault", list(Fault))


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

    def arm(self, fault: Fault, *, operation: str = "*", after: int = 0) -> None: ...

    def effects(self, reference: str) -> list[dict[str, Any]]:
        """The ledger lines with this reference."""
        ...


class AdapterContract:
    """Every adapter: answers a probe, and can what its manifest says. Authors subclass as Test..., and state facts."""

    adapter_class: ClassVar[type[Adapter]]
    manifest: ClassVar[Path]

    async def test_it_answers_a_probe(self, adapter: Adapter, calls: Calls) -> None:
        await adapter.probe(calls())

    def test_its_capabilities_are_as_its_manifest_says(self) -> None:
        said = tomllib.loads(self.manifest.read_text(encoding="utf-8"))
        ports = [PORTS[name] for name in said["ports"]]
        assert set(ports) <= set(self.adapter_class.__mro__)
        for port in ports:
            for name, method in vars(port).items():
                capability = getattr(method, "__capability__", None)
                if capability is not None:
                    overridden = getattr(self.adapter_class, name) is not method
                    assert overridden == (said["capabilities"][capability] == Support.FULL), capability


class WireContract(AdapterContract):
    """Every adapter that calls a system: each attempt is traced, a failure is told for what it is."""

    @every_fault
    async def test_a_probe_tells_how_it_failed(
        self, adapter: Adapter, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        await fails(southbound, fault, adapter.probe(calls()))

    async def test_each_attempt_has_one_span(self, adapter: Adapter, southbound: Southbound, calls: Calls) -> None:
        await adapter.probe(calls())
        assert southbound.calls >= 1
        assert southbound.spans == southbound.calls


async def fails(southbound: Southbound, fault: Fault, work: Awaitable[object]) -> None:
    """The work meets the fault at its first call, and says which error it was and what may have happened.

    The fault hits one call, so an adapter that tries again by itself is found out: that is for policy to decide.
    """
    southbound.arm(fault)
    with pytest.raises(BECOMES[fault]) as caught:
        await work
    refused = fault is Fault.REFUSE
    assert caught.value.happened is (Happened.NO if refused else Happened.UNKNOWN)
