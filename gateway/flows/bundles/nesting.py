"""A bundle put together: its parts under their limits, and the bundles inside it laid flat among them."""

from dataclasses import dataclass, replace

from gateway.flows.bundles.findings import Findings
from gateway.flows.bundles.limits import Settled
from gateway.flows.bundles.model import Bundle, Discount, Group, Part, every
from gateway.flows.bundles.sketch import MOST


@dataclass(frozen=True, slots=True)
class Composed:
    """What one bundle names, looked up: atomic parts, inner bundles, and the limits over both."""

    offering_id: str
    name: str
    names: dict[str, str]
    parts: dict[str, Part]
    nested: dict[str, Bundle]
    limits: Settled

    def scope(self) -> dict[str, str | None]:
        """What a constraint of this bundle may name; an inner bundle is always taken, so it asks for nothing."""
        scope: dict[str, str | None] = {}
        for group in every(self.limits.groups):
            scope |= {group.name: group.id}
        for id, name in self.names.items():
            scope |= {name: None if id in self.nested else id}
        for group in every(self.limits.groups):
            scope |= {group.id: group.id}
        for id in self.names:
            scope |= {id: None if id in self.nested else id}
        return scope


def joined(composed: Composed, findings: Findings) -> Bundle:
    """One bundle: an inner one is taken exactly once, so what it holds stands beside the outer parts and groups."""
    parts: dict[str, Part] = {}
    groups = [_without(group, composed.nested) for group in composed.limits.groups]
    discounts: list[Discount] = []
    for id in composed.names:
        limits = composed.limits.parts[id]
        if part := composed.parts.get(id):
            _add(parts, _limited(part, limits.lower, limits.upper, limits.default or 0), composed, findings)
        elif inner := composed.nested.get(id):
            if (limits.lower, limits.upper) != (1, 1):
                findings.add("realisation.missing", f"{inner.name} is a bundle: it can be a part exactly once only")
            for part in inner.parts.values():
                _add(parts, part, composed, findings)
            groups += [_named_under(id, group) for group in inner.groups]
            discounts += [_moved(id, discount, inner) for discount in inner.discounts]
    currencies = dict.fromkeys(part.price.currency for part in parts.values())
    if len(currencies) > 1:
        findings.add("price.currencyMix", f"{composed.name} mixes {', '.join(currencies)}")
    return Bundle(
        offering_id=composed.offering_id,
        name=composed.name,
        currency=next(iter(currencies), "EUR"),
        parts=parts,
        groups=tuple(groups),
        discounts=tuple(discounts),
        nested=frozenset(composed.nested).union(*(inner.nested for inner in composed.nested.values())),
    )


def _add(parts: dict[str, Part], part: Part, composed: Composed, findings: Findings) -> None:
    if part.offering_id in parts:
        findings.add("bundle.partTwice", f"{part.name} is in {composed.name} and in a bundle inside it")
    parts[part.offering_id] = part


def _limited(part: Part, lower: int, upper: int, default: int) -> Part:
    return replace(part, lower=lower, upper=None if upper == MOST else upper, default=default)


def _without(group: Group, nested: dict[str, Bundle]) -> Group:
    """An inner bundle counts as one piece of its group: always there, so it leaves the sum and the limits."""
    always = sum(id in nested for inside in every((group,)) for id in inside.parts)
    return replace(
        group,
        parts=tuple(id for id in group.parts if id not in nested),
        groups=tuple(_without(child, nested) for child in group.groups),
        lower=max(0, group.lower - always),
        upper=None if group.upper is None else group.upper - always,
    )


def _named_under(bundle_id: str, group: Group) -> Group:
    return replace(
        group,
        id=f"{bundle_id}/{group.id}",
        groups=tuple(_named_under(bundle_id, child) for child in group.groups),
    )


def _moved(bundle_id: str, discount: Discount, inner: Bundle) -> Discount:
    return replace(
        discount,
        id=f"{bundle_id}-{discount.id}",
        needs=tuple(need if need in inner.parts else f"{bundle_id}/{need}" for need in discount.needs),
        over=frozenset(inner.parts) if discount.over is None else discount.over,
    )
