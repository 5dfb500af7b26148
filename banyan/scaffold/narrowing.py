"""Whether one simple type takes all that another takes: the built-in types, and what is limited of them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from banyan.soap.codec.facets import Facets

WIDER: Mapping[str, tuple[str, ...]] = {
    "byte": ("short",),
    "short": ("int",),
    "int": ("long",),
    "long": ("integer",),
    "unsignedByte": ("unsignedShort", "short"),
    "unsignedShort": ("unsignedInt", "int"),
    "unsignedInt": ("unsignedLong", "long"),
    "unsignedLong": ("nonNegativeInteger",),
    "positiveInteger": ("nonNegativeInteger",),
    "negativeInteger": ("nonPositiveInteger",),
    "nonNegativeInteger": ("integer",),
    "nonPositiveInteger": ("integer",),
    "integer": ("decimal",),
    "float": ("double",),
    "normalizedString": ("string",),
    "token": ("normalizedString",),
    "language": ("token",),
    "NMTOKEN": ("token",),
    "Name": ("token",),
    "NCName": ("Name",),
    "ID": ("NCName",),
    "IDREF": ("NCName",),
    "ENTITY": ("NCName",),
}
"""The types that take all that a type takes, one step on."""

_LOWS = ("min_length", "at_least", "above")
_HIGHS = ("max_length", "at_most", "below", "total_digits", "fraction_digits")


def contains(wide: str, narrow: str) -> bool:
    return wide == narrow or any(contains(wide, step) for step in WIDER.get(narrow, ()))


def limited(was: Facets, now: Facets) -> Iterator[tuple[str, bool]]:
    """What is limited in another way, and whether something that was allowed is not any more."""
    for name in ("length", *_LOWS, *_HIGHS):
        before, after = getattr(was, name), getattr(now, name)
        if before == after:
            continue
        what = name.replace("_", " ")
        if after is None:
            yield f"{what} is not limited any more, was {before}", False
        else:
            told = "" if before is None else f", was {before}"
            yield f"{what} is {after} now{told}", before is None or name == "length" or _narrower(name, before, after)
    if set(was.patterns) != set(now.patterns):
        told = " and ".join(now.patterns) or "nothing"
        yield f"must match {told} now", not set(now.patterns) <= set(was.patterns)


def _narrower(name: str, before: str | int, after: str | int) -> bool:
    """A limit that is no number, such as a date, is taken for a narrower one."""
    try:
        lower = Decimal(after) < Decimal(before)
    except InvalidOperation:
        return True
    return lower == (name in _HIGHS)
