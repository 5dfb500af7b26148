"""The launch check of limits: every level holds at once; arithmetic proves whether anything can be chosen."""

from collections import Counter
from dataclasses import dataclass, replace

from gateway.flows.bundles.findings import Findings
from gateway.flows.bundles.model import Group
from gateway.flows.bundles.sketch import MOST, Limits, Listed, ListedGroup, Sketch


@dataclass(frozen=True, slots=True)
class Settled:
    """The limits that hold: one range per offering, in declared order, and the groups over them."""

    parts: dict[str, Limits]
    groups: tuple[Group, ...]


def settled(sketch: Sketch, names: dict[str, str], findings: Findings) -> Settled:
    """Intersect what is said about a part in every place, and report what cannot hold together."""
    _report_repeats(sketch, names, findings)
    direct = {part.offering_id: part for part in sketch.direct}
    grouped = {part.offering_id: part for group in sketch.all_groups() for part in group.parts}
    parts = {}
    for offering_id in sketch.offering_ids():
        name = names[offering_id]
        parts[offering_id] = _one_range(name, direct.get(offering_id), grouped.get(offering_id), findings)
    for group in sketch.groups:
        _reach(group, parts, findings)
    return Settled(parts, tuple(_group(group) for group in sketch.groups))


def _report_repeats(sketch: Sketch, names: dict[str, str], findings: Findings) -> None:
    places = [("the bundle", sketch.direct), *((f"group {g.name}", g.parts) for g in sketch.all_groups())]
    for place, listed in places:
        for offering_id, times in Counter(part.offering_id for part in listed).items():
            if times > 1:
                findings.add("bundle.partTwice", f"{names[offering_id]} is listed {times} times in {place}")
    homes: dict[str, list[str]] = {}
    for group in sketch.all_groups():
        for offering_id in dict.fromkeys(part.offering_id for part in group.parts):
            homes.setdefault(offering_id, []).append(group.name)
    for offering_id, groups in homes.items():
        if len(groups) > 1:
            findings.add("bundle.partInTwoGroups", f"{names[offering_id]} is in {' and '.join(groups)}")
    for id, times in Counter(group.id for group in sketch.all_groups()).items():
        if times > 1:
            findings.add("bundle.partTwice", f"group {id} is there {times} times")


def _one_range(name: str, direct: Listed | None, grouped: Listed | None, findings: Findings) -> Limits:
    """A listing without an option says nothing where the other one has an option."""
    said = [listed.limits for listed in (direct, grouped) if listed is not None]
    said = [limits for limits in said if limits.given] or said[-1:]
    limits = said[0]
    if len(said) > 1:
        of_bundle, of_group = said
        if not of_group.within(of_bundle):
            findings.add(
                "bundle.groupOutsideBundle",
                f"{name}: {_shown(of_group)} in the group is wider than {_shown(of_bundle)} in the bundle",
            )
        limits = Limits(
            max(of_bundle.lower, of_group.lower),
            min(of_bundle.upper, of_group.upper),
            of_group.default if of_bundle.default is None else of_bundle.default,
        )
    if limits.lower > limits.upper:
        findings.add(
            "bundle.lowerAboveUpper", f"{name}: lower limit {limits.lower} is above upper limit {limits.upper}"
        )
        return Limits(default=0)
    if limits.default is not None and not limits.lower <= limits.default <= limits.upper:
        findings.add("bundle.defaultOutside", f"{name}: default {limits.default} is outside {_shown(limits)}")
    return replace(limits, default=limits.lower if limits.default is None else limits.default)


def _reach(group: ListedGroup, parts: dict[str, Limits], findings: Findings) -> Limits:
    """The sums of quantities that the group can take, its own limits included."""
    if group.limits.lower > group.limits.upper:
        findings.add(
            "bundle.lowerAboveUpper",
            f"group {group.name}: lower limit {group.limits.lower} is above upper limit {group.limits.upper}",
        )
        return Limits()
    inside = [parts[part.offering_id] for part in group.parts]
    inside += [_reach(child, parts, findings) for child in group.groups]
    fewest = sum(limits.lower for limits in inside)
    most = min(MOST, sum(limits.upper for limits in inside))
    lower, upper = max(fewest, group.limits.lower), min(most, group.limits.upper)
    if lower > upper:
        findings.add("bundle.groupOutsideBundle", _unreachable(group, Limits(fewest, most)))
        return Limits()
    return Limits(lower, upper)


def _unreachable(group: ListedGroup, inside: Limits) -> str:
    text = f"group {group.name} asks for {_shown(group.limits)}, what is in it adds up to {_shown(inside)}"
    if not all(part.limits.given for part in group.parts):
        text += " (a part without bundledProductOfferingOption is taken exactly once)"
    return text


def _group(listed: ListedGroup) -> Group:
    return Group(
        id=listed.id,
        name=listed.name,
        parts=tuple(part.offering_id for part in listed.parts),
        groups=tuple(_group(child) for child in listed.groups),
        lower=listed.limits.lower,
        upper=None if listed.limits.upper == MOST else listed.limits.upper,
    )


def _shown(limits: Limits) -> str:
    return f"{limits.lower} or more" if limits.upper == MOST else f"{limits.lower}..{limits.upper}"
