"""Texts that a simple type admits."""

from decimal import Decimal
from random import Random
from typing import Any

from zeep.xsd import ListType, UnionType
from zeep.xsd.types import builtins

from banyan.soap.codec.facets import Facets, facets
from banyan.soap.sampling.pattern import matching

_TRIES = 200
_LONG, _INT, _SHORT, _BYTE = 2**63, 2**31, 2**15, 2**7
_RANGES: dict[type[Any], tuple[int | None, int | None]] = {
    builtins.Byte: (-_BYTE, _BYTE - 1),
    builtins.Short: (-_SHORT, _SHORT - 1),
    builtins.Int: (-_INT, _INT - 1),
    builtins.Long: (-_LONG, _LONG - 1),
    builtins.UnsignedByte: (0, 2 * _BYTE - 1),
    builtins.UnsignedShort: (0, 2 * _SHORT - 1),
    builtins.UnsignedInt: (0, 2 * _INT - 1),
    builtins.UnsignedLong: (0, 2 * _LONG - 1),
    builtins.PositiveInteger: (1, None),
    builtins.NonNegativeInteger: (0, None),
    builtins.NegativeInteger: (None, -1),
    builtins.NonPositiveInteger: (None, 0),
}
_WORDS = ("amber", "birch", "cedar", "drift", "ember", "fjord", "grove", "heron")
_FORMS: dict[type[Any], str] = {
    builtins.Boolean: "{bool}",
    builtins.DateTime: "2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z",
    builtins.Date: "2026-{month:02}-{day:02}",
    builtins.Time: "{hour:02}:{minute:02}:00",
    builtins.Duration: "P{day}DT{hour}H",
    builtins.gYear: "2026",
    builtins.gYearMonth: "2026-{month:02}",
    builtins.gMonth: "--{month:02}",
    builtins.gMonthDay: "--{month:02}-{day:02}",
    builtins.gDay: "---{day:02}",
    builtins.Language: "en",
    builtins.AnyURI: "urn:sample:{number}",
    builtins.Float: "{number}.5",
    builtins.Double: "{number}.25",
}


def simple_value(kind: Any, dice: Random) -> Any:
    """A value of a simple type as zeep would read it."""
    return kind.pythonvalue(simple_text(kind, dice))


def simple_text(kind: Any, dice: Random) -> str:
    told = facets(kind)
    if told.enumeration:
        return dice.choice(told.enumeration)
    if isinstance(kind, UnionType):
        return simple_text(dice.choice(kind.item_types), dice)
    if isinstance(kind, ListType):
        count = told.length or min(max(told.min_length or 0, dice.randint(0, 3)), told.max_length or 3)
        return " ".join(simple_text(kind.item_type, dice) for _ in range(count))
    if told.patterns:
        return _matching(kind, told, dice)
    form = next((form for known, form in _FORMS.items() if isinstance(kind, known)), None)
    if form is not None:
        return _filled(form, dice)
    return (_number if isinstance(kind, builtins.Decimal) else _text)(kind, told, dice)


def _filled(form: str, dice: Random) -> str:
    return form.format(
        bool=dice.choice(("true", "false")),
        month=dice.randint(1, 12),
        day=dice.randint(1, 28),
        hour=dice.randint(0, 23),
        minute=dice.randint(0, 59),
        number=dice.randint(1, 999),
    )


def _text(kind: Any, told: Facets, dice: Random) -> str:
    low = told.length if told.length is not None else told.min_length or 0
    high = told.length if told.length is not None else told.max_length
    if isinstance(kind, builtins.HexBinary):
        return "0F" * max(low, 1 if high is None else min(high, 1))
    if isinstance(kind, builtins.Base64Binary):
        whole, rest = divmod(max(low, 3 if high is None else min(high, 3)), 3)
        return "AQID" * whole + ("", "AQ==", "AQI=")[rest]
    joint = "-" if isinstance(kind, builtins.Token | builtins.QName) else " "
    text = f"{dice.choice(_WORDS)}{joint}{dice.randint(1, 9999)}"
    while len(text) < low:
        text += f"{joint}{text}"
    return text[: high if high is not None and len(text) > high else max(low, 40)]


def _matching(kind: Any, told: Facets, dice: Random) -> str:
    """Only the last pattern is looked at: one that a restricted type brought along is the wider one."""
    low = told.length or told.min_length or 0
    for attempt in range(_TRIES):
        text = matching(told.patterns[-1], dice, 1 + attempt % max(3, low))
        if told.length is not None and len(text) != told.length:
            continue
        if len(text) < low or (told.max_length is not None and len(text) > told.max_length):
            continue
        if not isinstance(kind, builtins.Decimal) or _admits(kind, told, text):
            return text
    raise ValueError(f"no text was found for {kind.name}")


def _admits(kind: Any, told: Facets, text: str) -> bool:
    low, high = _limits(kind, told, Decimal(1))
    try:
        return (low is None or low <= Decimal(text)) and (high is None or Decimal(text) <= high)
    except ArithmeticError:
        return False


def _number(kind: Any, told: Facets, dice: Random) -> str:
    whole = isinstance(kind, builtins.Integer)
    places = 0 if whole else (2 if told.fraction_digits is None else min(told.fraction_digits, 2))
    unit = Decimal(1).scaleb(-places)
    low, high = _limits(kind, told, unit)
    if low is None:
        low = Decimal(0) if high is None or high > 0 else high - 1000
    elif low < 0 and (high is None or high > 0):
        low = Decimal(0)
    high = low + 9999 if high is None else min(high, low + 9999)
    return f"{low + dice.randint(0, int((high - low) / unit)) * unit:f}"


def _limits(kind: Any, told: Facets, unit: Decimal) -> tuple[Decimal | None, Decimal | None]:
    lows, highs = [], []
    for known, (low, high) in _RANGES.items():
        if isinstance(kind, known):
            lows += [] if low is None else [Decimal(low)]
            highs += [] if high is None else [Decimal(high)]
            break
    lows += [Decimal(told.at_least)] if told.at_least else []
    lows += [Decimal(told.above) + unit] if told.above else []
    highs += [Decimal(told.at_most)] if told.at_most else []
    highs += [Decimal(told.below) - unit] if told.below else []
    highs += [(10**told.total_digits - 1) * unit] if told.total_digits else []
    return max(lows, default=None), min(highs, default=None)
