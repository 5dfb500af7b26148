"""What is chosen: defaults where the client names nothing, and every limit at every level held against it."""

from collections.abc import Iterator, Mapping

from gateway.flows.bundles.model import Bundle, Choice, Group
from gateway.flows.bundles.sketch import MOST
from gateway.flows.refusal import Invalid

Broken = tuple[str, str]
"""A code (`choice.belowLower`) and the sentence that names the limit."""


def choose(bundle: Bundle, requested: Mapping[str, int] | None) -> Choice:
    """The choice that the request means; Invalid names every limit it breaks."""
    choice = completed(bundle, requested)
    broken = broken_limits(bundle, choice)
    if broken:
        raise Invalid(
            broken[0][0],
            f"the choice breaks a limit of {bundle.name}",
            "; ".join(f"{code}: {text}" for code, text in broken),
        )
    return {id: quantity for id, quantity in choice.items() if quantity}


def completed(bundle: Bundle, requested: Mapping[str, int] | None) -> Choice:
    """The request with what it leaves out.

    Nothing named: every part at its default. Something named: exactly that, and the parts left out stand at their
    lower limit, because nothing less can be bought.
    """
    if not requested:
        return {id: part.default for id, part in bundle.parts.items()}
    return {id: part.lower for id, part in bundle.parts.items()} | dict(requested)


def broken_limits(bundle: Bundle, choice: Mapping[str, int]) -> list[Broken]:
    """Every limit the choice breaks, in the order of the parts and groups."""
    return [*_broken_by_parts(bundle, choice), *_broken_by_groups(bundle.groups, choice)]


def _broken_by_parts(bundle: Bundle, choice: Mapping[str, int]) -> Iterator[Broken]:
    for id, quantity in choice.items():
        part = bundle.parts.get(id)
        if part is None:
            yield "choice.unknownPart", f"offering {id} is no part of {bundle.name}"
            continue
        upper = MOST if part.upper is None else part.upper
        if quantity < part.lower:
            yield "choice.belowLower", f"{part.name}: {quantity} taken, at least {part.lower} required"
        elif quantity > upper:
            yield "choice.aboveUpper", f"{part.name}: {quantity} taken, at most {upper} allowed"
    if not any(choice.values()):
        yield "choice.empty", f"no part of {bundle.name} is taken"


def _broken_by_groups(groups: tuple[Group, ...], choice: Mapping[str, int]) -> Iterator[Broken]:
    for group in groups:
        taken = pieces(group, choice)
        if taken < group.lower:
            yield "choice.groupBelowLower", f"group {group.name}: {taken} taken, at least {group.lower} required"
        elif group.upper is not None and taken > group.upper:
            yield "choice.groupAboveUpper", f"group {group.name}: {taken} taken, at most {group.upper} allowed"
        yield from _broken_by_groups(group.groups, choice)


def pieces(group: Group, choice: Mapping[str, int]) -> int:
    """How many pieces are chosen in a group and its sub-groups."""
    own = sum(choice.get(id, 0) for id in group.parts)
    return own + sum(pieces(child, choice) for child in group.groups)
