"""A simulated operations support system that speaks MTOSI: `banyan simulate mtosi`."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from adapters.mtosi.envelopes import accepted, asked, cfs, demand_header, event, fault, header, sought
from adapters.mtosi.mapping import HEADER
from adapters.mtosi.network import Network, Refusal, Running
from banyan import Clock
from banyan.simulate import Answer, Ledger, Operation, Request, Simulator
from banyan.simulate import main as run
from banyan.soap import SoapContract

WSDL = Path(__file__).parent / "wsdl" / "mtosi.wsdl"
Tree = dict[str, Any]


class Oss:
    """The operations of the interface over one network."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self._network = Network()
        self._requests = count(1)
        self._iterators: dict[str, tuple[list[Running], int]] = {}

    def operations(self) -> dict[str, Operation]:
        return {
            "activate": Operation(self._guarded(self._activate), self._stranger),
            "modify": Operation(self._guarded(self._modify), self._stranger),
            "deactivate": Operation(self._guarded(self._deactivate), self._stranger),
            "getServiceInventory": Operation(self._guarded(self._inventory), self._stranger),
            "getServiceInventoryIterator": Operation(self._guarded(self._next_batch), self._stranger),
        }

    def _activate(self, request: Request) -> Answer:
        wanted = asked(request.parameters["basicInput"])
        known = self._network.find(reference=wanted.reference)
        service = self._network.activate(wanted)
        request.effect(reference=service.reference, native_id=service.native_id)
        return self._events(request, "cfsStateChange" if known else "cfsCreation", service)

    def _modify(self, request: Request) -> Answer:
        wanted = asked(request.parameters["basicInput"])
        service, changed = self._network.modify(wanted.reference, wanted.characteristics)
        if changed:
            request.effect(reference=service.reference, native_id=service.native_id)
        return self._events(request, "cfsAvcChange", service)

    def _deactivate(self, request: Request) -> Answer:
        service = self._network.deactivate(sought(request.parameters["productName"])[1])
        request.effect(reference=service.reference, native_id=service.native_id)
        return self._events(request, "cfsStateChange", service)

    def _inventory(self, request: Request) -> Answer:
        field, value = sought(request.parameters["filter"]["_value_1"][0]["scope"]["baseInstance"][0])
        size = request.header[HEADER].get("requestedBatchSize") or 100
        return self._batch(request, self._network.find(**{field: value}), size)

    def _next_batch(self, request: Request) -> Answer:
        left = self._iterators.pop(request.header[HEADER].get("iteratorReferenceURI") or "", None)
        if left is None:
            raise Refusal("invalidInput", "there is no such iterator")
        return self._batch(request, *left)

    def _batch(self, request: Request, found: list[Running], size: int) -> Answer:
        more: Tree = {"batchSequenceEndOfReply": len(found) <= size}
        if found[size:]:
            more["iteratorReferenceURI"] = f"urn:oss:iterator:{next(self._requests)}"
            self._iterators[more["iteratorReferenceURI"]] = (found[size:], size)
        listed = {"cfsList": {"cfs": [cfs(service) for service in found[:size]]}} if found else {}
        return self._answer(request, {"inventoryData": listed}, **more)

    def _events(self, request: Request, kind: str, service: Running) -> Answer:
        number = f"REQ-{next(self._requests)}"
        told = [accepted(number, service), event(kind, number, service, self._clock.now())]
        return self._answer(request, {"_value_1": told})

    def _answer(self, request: Request, body: Tree, **more: Any) -> Answer:
        return Answer(body, {HEADER: header(request.operation, request.header[HEADER], self._clock.now(), **more)})

    def _stranger(self, request: Request, true: Answer) -> Answer:
        """The true body under the header of another exchange, as a mixed-up connection pool would hand it out."""
        others: Mapping[str, Any] = {**request.header[HEADER], "correlationId": "somebody-else"}
        return Answer(true.body, {HEADER: header(request.operation, others, self._clock.now())})

    def _guarded(self, work: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
        def guarded(request: Request) -> Answer:
            try:
                demand_header(request)
                return work(request)
            except Refusal as refused:
                raise fault(request, refused, self._clock.now()) from None

        return guarded


def simulator(ledger: Ledger, clock: Clock) -> Simulator:
    oss = Oss(clock)
    return Simulator("mtosi", SoapContract.load(WSDL), oss.operations(), ledger, clock, oss.reset)


def main(argv: Sequence[str]) -> int:
    return run(argv, "mtosi", lambda _, ledger, clock: simulator(ledger, clock))
