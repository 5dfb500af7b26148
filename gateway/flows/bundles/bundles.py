"""Reads bundles out of the catalogue: checks them before launch, and gives ordering and qualification a typed view."""

from dataclasses import dataclass, field, replace
from typing import Any

from contracts.call import Principal
from contracts.model import Quantity
from contracts.page import Condition, Window
from gateway.flows.bundles.discounts import discount, is_inline
from gateway.flows.bundles.findings import Findings
from gateway.flows.bundles.limits import settled
from gateway.flows.bundles.model import Bundle, Discount, Part
from gateway.flows.bundles.nesting import Composed, joined
from gateway.flows.bundles.request import Picked
from gateway.flows.bundles.sketch import Sketch, drawn
from gateway.flows.catalog.documents import OFFERING, PRICE, SPECIFICATION
from gateway.flows.catalog.facts import FACTS, Facts
from gateway.flows.catalog.specification import allowance_of
from gateway.flows.refusal import Clash, Invalid, Unknown
from gateway.store.port import Document, Store

DEEPEST = 8
MOST_FOUND = 1_000
NOT_SOLD = frozenset({"in study", "in design", "in test", "rejected", "retired", "obsolete"})
GONE = frozenset({"rejected", "retired", "obsolete"})
DRAFTED = NOT_SOLD - GONE

Path = tuple[tuple[str, str], ...]
"""Ids and names of the bundles from the outermost to the one being read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a bundle: for whom, whether it is about to be launched, and what was found wrong."""

    principal: Principal
    launching: bool
    findings: Findings = field(default_factory=Findings)


class Bundles:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def bundle(self, principal: Principal, offering_id: str) -> Bundle:
        """The offering as it can be bought; an atomic one is a bundle of itself, once or more."""
        document = await self._store.get(principal, OFFERING, offering_id)
        if document is None:
            raise _unknown(offering_id)
        name = _name(document.body, offering_id)
        reading = Reading(principal, launching=False)
        if document.body.get("isBundle") is True:
            bundle = await self._composed(reading, document.body, ((offering_id, name),))
        else:
            bundle = await self._alone(reading, document)
        reading.findings.refuse(name)
        return replace(bundle, sellable=sold(document.body))

    async def knows(self, principal: Principal, offering_id: str) -> bool:
        return await self._store.get(principal, OFFERING, offering_id) is not None

    async def sellable(self, principal: Principal, offering_id: str) -> Bundle:
        """The same, for a new sale: an offering that is not launched, or withdrawn, is refused."""
        bundle = await self.bundle(principal, offering_id)
        if not bundle.sellable:
            raise Clash("offering.notSellable", f"{bundle.name} is not for sale")
        return bundle

    async def on_sale(self, principal: Principal, conditions: tuple[Condition, ...]) -> list[Picked]:
        """The offerings for sale that meet the conditions, each picked as it is by default."""
        found = await self._store.find(principal, OFFERING, Window(limit=MOST_FOUND, conditions=conditions))
        if found.total > MOST_FOUND:
            raise Invalid("qualification.tooMany", f"more than {MOST_FOUND} offerings fit: ask for fewer")
        return [Picked(None, document.id, 1, (), {}) for document in found.items if sold(document.body)]

    async def require_known(self, principal: Principal, bundle: Bundle, pick: Picked) -> None:
        """What is picked inside may be no part of the bundle; an offering that nobody has ever seen is Unknown."""
        for id in {inside.offering_id for inside in pick.inside()} - bundle.parts.keys() - bundle.nested:
            if not await self.knows(principal, id):
                raise _unknown(id)

    async def check(self, principal: Principal, offering_id: str, body: dict[str, Any]) -> None:
        """The launch check of a bundle that is about to be written; raises Invalid with every finding.

        A draft is only held to be well written: its parts may come to be before it is launched.
        """
        name = _name(body, offering_id)
        reading = Reading(principal, launching=True)
        if _status(body) in DRAFTED:
            drawn(body, reading.findings)
        else:
            await self._composed(reading, body, ((offering_id, name),))
        reading.findings.refuse(name)

    async def _composed(self, reading: Reading, body: dict[str, Any], path: Path) -> Bundle:
        findings = reading.findings
        sketch = drawn(body, findings)
        if not sketch.offering_ids():
            findings.add("bundle.empty", f"{path[-1][1]} has no part")
        names, parts, nested = await self._members(reading, sketch, path)
        ranges = settled(sketch, names, findings)
        for id in names.keys() - parts.keys() - nested.keys():
            if ranges.parts[id].lower and not findings:
                findings.add("bundle.unknownPart", f"{names[id]} is withdrawn, and {path[-1][1]} cannot be without it")
        composed = Composed(path[-1][0], path[-1][1], names, parts, nested, ranges)
        bundle = joined(composed, findings)
        return replace(bundle, discounts=(*await self._discounts(reading, body, composed, bundle),))

    async def _members(
        self, reading: Reading, sketch: Sketch, path: Path
    ) -> tuple[dict[str, str], dict[str, Part], dict[str, Bundle]]:
        findings = reading.findings
        names: dict[str, str] = {}
        parts: dict[str, Part] = {}
        nested: dict[str, Bundle] = {}
        for id in sketch.offering_ids():
            document = await self._store.get(reading.principal, OFFERING, id)
            names[id] = id if document is None else _name(document.body, id)
            if any(id == above for above, _ in path):
                way = " -> ".join([*(name for _, name in path), names[id]])
                findings.add("bundle.cycle", f"the nesting returns to itself: {way}")
            elif document is None:
                findings.add("bundle.unknownPart", f"there is no offering {id}")
            elif _status(document.body) in GONE:
                if reading.launching:
                    findings.add("bundle.unknownPart", f"{names[id]} is {document.body['lifecycleStatus']}")
            elif document.body.get("isBundle") is not True:
                if part := await self._part(reading, document):
                    parts[id] = part
            elif len(path) >= DEEPEST:
                findings.add("realisation.missing", f"{names[id]}: bundles nest at most {DEEPEST} deep")
            else:
                inner = await self._composed(reading, document.body, (*path, (id, names[id])))
                nested[id] = inner
        return names, parts, nested

    async def _alone(self, reading: Reading, document: Document) -> Bundle:
        part = await self._part(reading, document)
        name = _name(document.body, document.id)
        if part is None:
            return Bundle(document.id, name, "", {}, is_bundle=False)
        itself = replace(part, lower=1, upper=None, default=1)
        return Bundle(document.id, name, part.price.currency, {document.id: itself}, is_bundle=False)

    async def _part(self, reading: Reading, document: Document) -> Part | None:
        principal, findings = reading.principal, reading.findings
        name = _name(document.body, document.id)
        if not document.body.get("productOfferingPrice"):
            findings.add("price.missing", f"{name} has no price")
        crossref = await self._store.native(principal, "offering", document.id)
        kept = await self._store.get(principal, FACTS, document.id)
        if crossref is None or kept is None:
            findings.add("realisation.missing", f"{name} is booked by no billing system")
            return None
        facts = Facts.read(kept.body)
        if facts.offering.price.amount < 0:
            findings.add("price.negative", f"{name} costs {facts.offering.price.amount}")
        return Part(
            offering_id=document.id,
            name=name,
            price=facts.offering.price,
            system=crossref.system,
            native_id=crossref.native_id,
            service=facts.offering.service,
            relies_on=facts.offering.relies_on,
            allowance=await self._allowance(principal, facts.specification_id),
            specification_id=facts.specification_id,
            period=facts.offering.period,
        )

    async def _allowance(self, principal: Principal, specification_id: str) -> Quantity | None:
        specification = await self._store.get(principal, SPECIFICATION, specification_id)
        return None if specification is None else allowance_of(specification.body)

    async def _discounts(
        self, reading: Reading, body: dict[str, Any], composed: Composed, bundle: Bundle
    ) -> list[Discount]:
        findings = reading.findings
        discounts = list(bundle.discounts)
        scope = composed.scope()
        entries = body.get("productOfferingPrice") or []
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            findings.add("bundle.malformed", "productOfferingPrice must be a list of objects")
            return discounts
        for position, entry in enumerate(entries, 1):
            id = str(entry.get("id") or f"discount-{position}")
            if any(id == known.id for known in discounts):
                findings.add("bundle.malformed", f"price {id} is there more than once")
                continue
            price: dict[str, Any] | None = entry
            if not is_inline(entry):
                stored = await self._store.get(reading.principal, PRICE, id)
                price = None if stored is None else stored.body
            if price is None:
                findings.add("price.missing", f"there is no productOfferingPrice {id}")
            elif found := discount(id, price, scope, bundle.currency, findings):
                discounts.append(found)
        return discounts


def _unknown(offering_id: str) -> Unknown:
    return Unknown("offering.unknown", "no such offering", f"there is no product offering {offering_id}")


def _name(body: dict[str, Any], otherwise: str) -> str:
    return str(body.get("name") or otherwise)


def _status(body: dict[str, Any]) -> str:
    return str(body.get("lifecycleStatus") or "").lower()


def sold(body: dict[str, Any]) -> bool:
    """Whether an offering is for sale, by its own word."""
    return body.get("isSellable") is not False and _status(body) not in NOT_SOLD
