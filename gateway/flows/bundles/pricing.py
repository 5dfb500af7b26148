"""What a configuration costs: list lines, discounts on their sum, and each line's share to the cent."""

from collections.abc import Iterable
from decimal import Decimal

from contracts.model import Money, largest_remainder
from gateway.flows.bundles.choosing import pieces
from gateway.flows.bundles.model import Bundle, Choice, Discount, Priced, PricedAlteration, PricedLine, every


def price(bundle: Bundle, choice: Choice) -> Priced:
    """Price a choice: each line rounded, then each discount once on the running sum, by priority, never below zero."""
    taken = [(part, choice[id]) for id, part in bundle.parts.items() if choice.get(id)]
    amounts = [part.price.times(quantity).rounded() for part, quantity in taken]
    shares: list[dict[str, Money]] = [{} for _ in taken]
    alterations = []
    for discount in _in_order(bundle.discounts):
        if not _holds(discount, bundle, choice):
            continue
        base = [
            sum(share.values(), amount).amount if _altered(discount, part.offering_id, part.period) else Decimal(0)
            for (part, _), amount, share in zip(taken, amounts, shares, strict=True)
        ]
        off = _off(discount, Money(sum(base, Decimal(0)), bundle.currency))
        if not off.amount:
            continue
        alterations.append(PricedAlteration(discount, -off))
        for share, part_of_it in zip(shares, largest_remainder(-off, base), strict=True):
            if part_of_it.amount:
                share[discount.id] = part_of_it
    lines = tuple(
        PricedLine(part, quantity, amount, share)
        for (part, quantity), amount, share in zip(taken, amounts, shares, strict=True)
    )
    total = sum((line.net for line in lines), Money(Decimal(0), bundle.currency)).rounded()
    return Priced(bundle, lines, tuple(alterations), total)


def _in_order(discounts: Iterable[Discount]) -> list[Discount]:
    """By priority; at equal priority percent before amount, then as declared."""
    return sorted(discounts, key=lambda discount: (discount.priority, discount.percentage is None))


def _altered(discount: Discount, offering_id: str, period: str) -> bool:
    return period == "month" and (discount.over is None or offering_id in discount.over)


def _off(discount: Discount, running: Money) -> Money:
    if discount.percentage is not None:
        off = running.amount * discount.percentage / 100
    else:
        off = discount.amount.amount if discount.amount else Decimal(0)
    return Money(min(off, running.amount), running.currency).rounded()


def _holds(discount: Discount, bundle: Bundle, choice: Choice) -> bool:
    groups = {group.id: group for group in every(bundle.groups)}
    return all(
        choice.get(need, 0) > 0 or (need in groups and pieces(groups[need], choice) > 0) for need in discount.needs
    )
