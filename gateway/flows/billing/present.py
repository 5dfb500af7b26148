"""A legacy bill re-presented by bundle: every amount is the legacy's own, only grouped and named anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contracts.model import Bill, BillLine, Money

PRODUCTS = "Other products"
OTHER = "Other charges"


@dataclass(frozen=True, slots=True)
class Charge:
    """One row of the bill as the customer reads it; its pieces name the legacy lines it is made of."""

    name: str
    amount: Money
    pieces: tuple[tuple[str, Money], ...]
    """(legacy line id, how much of that line is in here); a discount line is split over several charges."""
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class BillSection:
    """What belongs together: one bundle, or everything no bundle accounts for."""

    name: str
    product_id: str | None
    charges: tuple[Charge, ...] = field(default=())
    known: bool = True
    """False: lines nobody here booked; they are shown, and reported."""

    @property
    def amount(self) -> Money:
        first, *rest = [charge.amount for charge in self.charges]
        return sum(rest, first)


def sections(bill: Bill, realisations: Sequence[dict[str, Any]], tariffs: Collection[str]) -> list[BillSection]:
    """Each legacy line lands in exactly one section, whole or in pieces that add up.

    `realisations` are the bodies of `banyan/realisation` whose legacy orders this bill charges; `tariffs` are the
    native offering ids that the catalogue knows. What neither explains is shown under "Other charges".
    """
    left = {line.id: line for line in bill.lines}
    shown = [section for body in realisations if (section := _bundle(body, left)) is not None]
    products = [line for line in left.values() if line.offering_id in tariffs]
    others = [line for line in left.values() if line.offering_id not in tariffs]
    if products:
        shown.append(BillSection(PRODUCTS, None, tuple(map(_whole, products))))
    if others:
        shown.append(BillSection(OTHER, None, tuple(map(_whole, others)), known=False))
    return shown


def _whole(line: BillLine) -> Charge:
    return Charge(line.description, line.amount, ((line.id, line.amount),))


def _bundle(body: dict[str, Any], left: dict[str, BillLine]) -> BillSection | None:
    """Take this bundle's lines out of `left`; None when the bill charges none of them."""
    currency = body["currency"]
    billed = {line["reference"]: found for line in body["lines"] if (found := _take(line, currency, left)) is not None}
    if not billed:
        return None
    pieces: dict[str, list[tuple[str, Money]]] = {}
    parts = [line for line in body["lines"] if line["kind"] == "product" and line["reference"] in billed]
    for line in parts:
        legacy = billed[line["reference"]]
        pieces[line["reference"]] = [(legacy.id, legacy.amount)]
    unshared = []
    for line in body["lines"]:
        if line["kind"] != "discount" or line["reference"] not in billed:
            continue
        legacy = billed[line["reference"]]
        shares = [(share["reference"], Money(share["amount"], currency)) for share in line["shares"]]
        if sum((share.amount for _, share in shares), Decimal(0)) == legacy.amount.amount and all(
            reference in pieces for reference, _ in shares
        ):
            for reference, share in shares:
                if share.amount:
                    pieces[reference].append((legacy.id, share))
        else:
            unshared.append(_whole(legacy))
    charges = [
        Charge(line["name"], _sum(pieces[line["reference"]]), tuple(pieces[line["reference"]]), line["productId"])
        for line in parts
    ]
    return BillSection(body["name"], body["productId"], (*charges, *unshared))


def _take(line: dict[str, Any], currency: str, left: dict[str, BillLine]) -> BillLine | None:
    """The legacy line that bills this one: same item, else same text, and always the same amount."""
    amount = Money(line["amount"], currency)
    same = [legacy for legacy in left.values() if legacy.amount == amount]
    for legacy in same:
        by_item = line["nativeOfferingId"] is not None and legacy.offering_id == line["nativeOfferingId"]
        if by_item or legacy.description == line["name"]:
            return left.pop(legacy.id)
    return None


def _sum(pieces: list[tuple[str, Money]]) -> Money:
    first, *rest = [amount for _, amount in pieces]
    return sum(rest, first)
