"""The pretended network behind the simulator: services of customers, the number pool, what is allowed."""

from dataclasses import dataclass, field, replace
from itertools import count

INACTIVE, ACTIVE = "PROVISIONED_INACTIVE", "PROVISIONED_ACTIVE"
NUMBERED = "mobile-line"
FIRST_NUMBER = 491555000001


@dataclass(frozen=True, slots=True)
class Running:
    """One customer facing service; its native id never changes."""

    native_id: str
    reference: str
    customer_id: str
    specification: str
    parent: str | None = None
    characteristics: dict[str, str] = field(default_factory=dict)
    state: str = ACTIVE


class Refusal(Exception):
    """Why the network says no: the MTOSI exception to raise, a sentence, and what stands in the way."""

    def __init__(self, kind: str, reason: str, **about: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.about = about


SEED = (
    Running("CFS-1", "seed.101.line", "101", NUMBERED, None, {"msisdn": "491555000001"}),
    Running("CFS-2", "seed.101.data", "101", "data-pack", "seed.101.line", {"allowance": "5000000000"}),
    Running("CFS-3", "seed.102.line", "102", NUMBERED, None, {"msisdn": "491555000002"}),
)


class Network:
    def __init__(self) -> None:
        self._by_reference = {service.reference: service for service in SEED}
        self._ids = count(len(SEED) + 1)

    def activate(self, wanted: Running) -> Running:
        """Bring the service up; `objectInUse` names its own product when it is up already."""
        known = self._by_reference.get(wanted.reference)
        if known and known.state == ACTIVE:
            raise Refusal("objectInUse", "the product is active already", productName=known.reference)
        if known and (known.customer_id, known.specification) != (wanted.customer_id, wanted.specification):
            raise Refusal("objectInUse", "the product name belongs to another service", productName=known.reference)
        self._need_parent(wanted)
        characteristics = {**(known.characteristics if known else {}), **wanted.characteristics}
        if wanted.specification == NUMBERED:
            characteristics["msisdn"] = self._number(wanted.reference, characteristics.get("msisdn"))
        native_id = known.native_id if known else f"CFS-{next(self._ids)}"
        return self._keep(replace(wanted, native_id=native_id, characteristics=characteristics, state=ACTIVE))

    def modify(self, reference: str, characteristics: dict[str, str]) -> tuple[Running, bool]:
        """The service with these characteristics, and whether that changed anything."""
        known = self._named(reference)
        if known.state != ACTIVE:
            raise Refusal("unableToComply", "only an active service can be modified", productName=reference)
        changed = {**known.characteristics, **characteristics}
        if changed == known.characteristics:
            return known, False
        if known.specification == NUMBERED:
            self._number(reference, changed.get("msisdn"))
        return self._keep(replace(known, characteristics=changed)), True

    def deactivate(self, reference: str) -> Running:
        known = self._named(reference)
        if known.state != ACTIVE:
            raise Refusal("unableToComply", "the service is not active", productName=reference)
        return self._keep(replace(known, state=INACTIVE))

    def find(self, **sought: str) -> list[Running]:
        """The services whose fields have these values, in the order they were made."""
        return [
            service
            for service in self._by_reference.values()
            if all(getattr(service, name) == value for name, value in sought.items())
        ]

    def _named(self, reference: str) -> Running:
        if reference not in self._by_reference:
            raise Refusal("entityNotFound", "no such product", productName=reference)
        return self._by_reference[reference]

    def _need_parent(self, wanted: Running) -> None:
        if wanted.parent is None:
            return
        parent = self._by_reference.get(wanted.parent)
        if parent is None or parent.state != ACTIVE or parent.customer_id != wanted.customer_id:
            raise Refusal("unableToComply", "the service it relies on is not active", accessPoint=wanted.parent)

    def _number(self, reference: str, asked: str | None) -> str:
        """The number asked for, or the lowest one that no service ever had; a number serves one active line."""
        if asked is None:
            had = {service.characteristics.get("msisdn") for service in self._by_reference.values()}
            return next(number for n in count(FIRST_NUMBER) if (number := str(n)) not in had)
        holders = (s for s in self.find(specification=NUMBERED, state=ACTIVE) if s.reference != reference)
        if any(holder.characteristics.get("msisdn") == asked for holder in holders):
            raise Refusal("objectInUse", "the number serves another line", msisdn=asked)
        return asked

    def _keep(self, service: Running) -> Running:
        self._by_reference[service.reference] = service
        return service
