"""From priced items to a plan: services first, parents before what relies on them, then one booking in billing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import uuid_utils

from contracts.model import Activation, LineKind, Money, Order, OrderLine
from gateway.flows.bundles.model import Part
from gateway.flows.orders.plan import Line, Plan, Planned, Step
from gateway.flows.orders.request import Member, Root
from gateway.flows.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Target:
    """Where an order lands: whose it is, and under which ids and in which systems the work is done."""

    order_id: str
    customer_id: str
    native_customer_id: str
    billing: str
    provisioning: str | None
    owned: Mapping[str, str]
    """Service specification -> reference of a service that the customer has already."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One service to be activated for one product."""

    reference: str
    item_id: str
    part: Part
    product_id: str
    characteristics: dict[str, str]


def decompose(target: Target, roots: Sequence[Root], template: Plan) -> Plan:
    """The same order and the same catalogue give the same steps; `template` carries who ordered."""
    products: list[Planned] = []
    pieces: list[_Piece] = []
    lines: list[Line] = []
    for root in roots:
        _root(target, root, products, pieces, lines)
    steps = [*_activations(target, pieces)]
    items = tuple(dict.fromkeys(product.item_id for product in products if not product.is_bundle))
    level = max((step.level + 1 for step in steps), default=0)
    steps.append(_booking(target, lines, items, template, level))
    references = [step.reference for step in steps] + [line.reference for line in lines]
    if len(set(references)) < len(references):
        raise Invalid("order.references", "the order repeats a bundle, or its item ids cannot be told apart")
    return replace(template, steps=tuple(steps), products=tuple(products), lines=tuple(lines))


def _root(target: Target, root: Root, products: list[Planned], pieces: list[_Piece], lines: list[Line]) -> None:
    bundle = root.priced.bundle
    bundle_id = _new_id() if bundle.is_bundle else None
    first = len(products)
    if bundle_id is not None:
        products.append(Planned(bundle_id, root.item_id, bundle.offering_id, bundle.name, bundle_id, is_bundle=True))
    booked: dict[str, str] = {}
    for line in root.priced.lines:
        part = line.part
        members = [member for member in root.members if member.offering_id == part.offering_id]
        made = [one for member in members for one in _products(target, member, part, bundle_id, pieces)]
        products += made
        booked[part.offering_id] = reference = f"{target.order_id}.{members[0].item_id}.line"
        lines.append(
            Line(
                reference,
                LineKind.PRODUCT,
                part.name,
                line.quantity,
                part.price.amount,
                line.amount.amount,
                made[0].id,
                part.offering_id,
                part.native_id,
            )
        )
    for alteration in root.priced.alterations:
        discount, amount = alteration.discount, alteration.amount.amount
        shares = {
            booked[line.part.offering_id]: line.shares[discount.id].amount
            for line in root.priced.lines
            if discount.id in line.shares
        }
        reference = f"{target.order_id}.{root.item_id}.{discount.id}.discount"
        lines.append(
            Line(reference, LineKind.DISCOUNT, discount.name, 1, amount, amount, products[first].id, shares=shares)
        )


def _products(
    target: Target, member: Member, part: Part, bundle_id: str | None, pieces: list[_Piece]
) -> Iterator[Planned]:
    """One product per piece that is a service of its own, else one for all pieces."""
    count = member.quantity if part.service else 1
    for number in range(1, count + 1):
        id = _new_id()
        reference = None
        if part.service:
            reference = f"{target.order_id}.{member.item_id}" + (f"/{number}" if count > 1 else "")
            pieces.append(_Piece(reference, member.item_id, part, id, member.characteristics))
        allowance = part.allowance
        if allowance is not None and not part.service:
            allowance = replace(allowance, amount=allowance.amount * member.quantity)
        yield Planned(
            id,
            member.item_id,
            part.offering_id,
            part.name,
            bundle_id or id,
            reference=reference,
            specification_id=part.specification_id,
            price=part.price.amount,
            period=part.period,
            allowance=allowance,
            characteristics=member.characteristics,
            quantity=1 if part.service else member.quantity,
        )


def _activations(target: Target, pieces: list[_Piece]) -> list[Step]:
    if not pieces:
        return []
    if target.provisioning is None:
        raise Invalid("realisation.missing", "the order needs a service, and no configured system activates services")
    by_service: dict[str, list[_Piece]] = {}
    for piece in pieces:
        by_service.setdefault(str(piece.part.service), []).append(piece)
    taken: dict[str, int] = {}
    steps = []
    for piece in pieces:
        number = taken.get(str(piece.part.service), 0)
        taken[str(piece.part.service)] = number + 1
        steps.append(
            Step(
                piece.reference,
                target.provisioning,
                (piece.item_id,),
                _level(piece.part, by_service, ()),
                Activation(
                    piece.reference,
                    target.customer_id,
                    str(piece.part.service),
                    _parent(piece.part, number, by_service, target),
                    piece.characteristics,
                ),
            )
        )
    return sorted(steps, key=lambda step: step.level)


def _parent(part: Part, number: int, by_service: dict[str, list[_Piece]], target: Target) -> str | None:
    if part.relies_on is None:
        return None
    parents = by_service.get(part.relies_on)
    return parents[min(number, len(parents) - 1)].reference if parents else target.owned.get(part.relies_on)


def _level(part: Part, by_service: dict[str, list[_Piece]], below: tuple[str, ...]) -> int:
    if part.service in below:
        raise Invalid("order.cycle", f"services rely on each other: {' -> '.join([*below, str(part.service)])}")
    parents = by_service.get(part.relies_on or "", ())
    return 1 + _level(parents[0].part, by_service, (*below, str(part.service))) if parents else 0


def _booking(target: Target, lines: list[Line], items: tuple[str, ...], template: Plan, level: int) -> Step:
    order = Order(
        target.order_id,
        target.native_customer_id,
        tuple(
            OrderLine(
                line.reference,
                LineKind(line.kind),
                line.native_offering_id,
                line.name,
                line.quantity,
                Money(line.price, template.currency),
            )
            for line in lines
        ),
        template.start,
        template.currency,
    )
    return Step(target.order_id, target.billing, items, level, booking=order)


def _new_id() -> str:
    return str(uuid_utils.uuid7())
