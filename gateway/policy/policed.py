"""The registry's adapters as the flows see them: every port method under policy, by the semantics it declares."""

import inspect
from collections.abc import Sequence
from functools import partial
from typing import Any

from contracts.clock import Clock
from contracts.ports import Adapter
from gateway.policy.backend import Backend
from gateway.policy.ports import P, Serving
from gateway.policy.retry import Semantics
from gateway.registry import Registered


class Policed:
    """One port of one adapter; stands in for the adapter itself."""

    def __init__(self, port: type[Adapter], adapter: Adapter, backend: Backend) -> None:
        for name, declared in inspect.getmembers(port, inspect.isfunction):
            if hasattr(declared, "__semantics__"):
                wrapped = backend.call if inspect.iscoroutinefunction(declared) else backend.stream
                semantics = Semantics(declared.__semantics__)
                setattr(self, name, partial(wrapped, name, semantics, getattr(adapter, name)))


class PolicedPorts:
    """Implements `Ports` over what the registry loaded; the first adapter configured serves."""

    def __init__(self, registered: Sequence[Registered], clock: Clock) -> None:
        self.backends = {
            one.name: Backend(one.name, clock, places=one.concurrency, timeout_s=one.timeout_s) for one in registered
        }
        self._serving: dict[type[Adapter], list[Serving[Any]]] = {}
        for one in registered:
            for port in one.ports:
                policed: Any = Policed(port, one.adapter, self.backends[one.name])
                offers = _offers(port, one.adapter)
                serving = Serving(one.name, policed, one.settle_s, one.sync_every_s, offers)
                self._serving.setdefault(port, []).append(serving)

    def serving(self, port: type[P], *, operator: str = "default", customer: str | None = None) -> Serving[P]:  # noqa: ARG002 - one operator is configured so far
        serving = self.all(port)
        if not serving:
            raise LookupError(f"no configured adapter serves {port.__name__}")
        return serving[0]

    def all(self, port: type[P]) -> list[Serving[P]]:
        return self._serving.get(port, [])


def _offers(port: type[Adapter], adapter: Adapter) -> frozenset[str]:
    """What the adapter has a method of its own for, in place of the port's, which says that it is not offered."""
    return frozenset(
        declared.__capability__
        for name, declared in inspect.getmembers(port, inspect.isfunction)
        if hasattr(declared, "__capability__") and getattr(type(adapter), name) is not declared
    )
