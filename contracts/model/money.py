"""Money: an exact decimal amount with its ISO 4217 currency."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from contracts.noun import noun

_MINOR = {"JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "BHD": 3, "TND": 3, "JOD": 3, "OMR": 3}


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest bookable amount of a currency: 0.01 EUR, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-_MINOR.get(currency, 2))


@noun
class Money:
    amount: Decimal
    currency: str = "EUR"

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def times(self, factor: Decimal | int) -> "Money":
        """The product, unrounded."""
        return Money(self.amount * factor, self.currency)

    def rounded(self) -> "Money":
        """To the currency's minor unit, half up (ties away from zero)."""
        unit = minor_unit(self.currency)
        if self.amount.same_quantum(unit):
            return self
        return Money(self.amount.quantize(unit, ROUND_HALF_UP), self.currency)


def largest_remainder(total: Money, weights: Sequence[Decimal]) -> list[Money]:
    """Split `total` over `weights` in minor units, exactly: floors first, then one unit each by largest fraction.

    Ties go to the larger weight, then to the earlier line; a zero weight gets nothing. With no weight above zero
    there is nothing to carry the total: only a total of zero can then be split.
    """
    unit = minor_unit(total.currency)
    units = int((total.amount / unit).to_integral_value(ROUND_HALF_UP))
    sign, units = (-1 if units < 0 else 1), abs(units)
    whole = sum(weights, Decimal(0))
    if whole == 0:
        if units:
            raise ValueError("nothing to allocate the amount to")
        return [Money(unit * 0, total.currency) for _ in weights]
    quotas = [units * weight / whole for weight in weights]
    shares = [int(quota) for quota in quotas]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - quotas[i], -weights[i], i))
    for i in order[: units - sum(shares)]:
        shares[i] += 1
    return [Money(sign * share * unit, total.currency) for share in shares]
