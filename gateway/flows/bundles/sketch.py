"""A bundle as its document draws it: parts, groups and limits, before anything is known about the offerings named."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.flows.bundles.findings import Findings

MOST = 10_000
"""The most pieces of anything; what "no limit" means in numbers."""


@dataclass(frozen=True, slots=True)
class Limits:
    lower: int = 0
    upper: int = MOST
    default: int | None = None
    given: bool = True
    """False where the document carries no option at all."""

    def within(self, other: "Limits") -> bool:
        return other.lower <= self.lower and self.upper <= other.upper


AT_MOST_ONE = Limits(0, 1, 0, given=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A part where it is named: directly in the bundle, or in a group."""

    offering_id: str
    name: str | None
    limits: Limits


@dataclass(frozen=True, slots=True)
class ListedGroup:
    id: str
    name: str
    parts: tuple[Listed, ...]
    groups: tuple["ListedGroup", ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class Sketch:
    direct: tuple[Listed, ...]
    groups: tuple[ListedGroup, ...]

    def all_groups(self) -> Iterator[ListedGroup]:
        pending = list(self.groups)
        while pending:
            group = pending.pop(0)
            yield group
            pending[:0] = group.groups

    def offering_ids(self) -> list[str]:
        """Every offering named, once, in declared order."""
        listed = [*self.direct, *(part for group in self.all_groups() for part in group.parts)]
        return list(dict.fromkeys(part.offering_id for part in listed))


def drawn(body: dict[str, Any], findings: Findings) -> Sketch:
    """Read the composition out of a productOffering in its stored form."""
    return Sketch(
        direct=_parts(body.get("bundledProductOffering"), "bundledProductOffering", findings),
        groups=_groups(body.get("bundledGroupProductOffering"), "bundledGroupProductOffering", findings),
    )


def _parts(raw: Any, path: str, findings: Findings) -> tuple[Listed, ...]:
    listed = []
    for position, entry in enumerate(_objects(raw, path, findings)):
        here = f"{path}[{position}]"
        offering_id = entry.get("id")
        if not isinstance(offering_id, str) or not offering_id:
            findings.add("bundle.unknownPart", f"{here} names no offering: id is missing")
            continue
        option = entry.get("bundledProductOfferingOption")
        limits = Limits(1, 1, 1, given=False) if option is None else _limits(option, here, findings)
        name = entry.get("name")
        listed.append(Listed(offering_id, name if isinstance(name, str) else None, limits))
    return tuple(listed)


def _groups(raw: Any, path: str, findings: Findings) -> tuple[ListedGroup, ...]:
    groups = []
    for position, entry in enumerate(_objects(raw, path, findings)):
        here = f"{path}[{position}]"
        option = entry.get("bundledGroupProductOfferingOption")
        name = next((value for value in (entry.get("name"), entry.get("id")) if isinstance(value, str) and value), here)
        id = entry.get("id")
        limits = Limits(given=False) if option is None else _limits(option, here, findings)
        parts = _parts(entry.get("bundledProductOffering"), f"{here}.bundledProductOffering", findings)
        groups.append(
            ListedGroup(
                id=id if isinstance(id, str) and id else name,
                name=name,
                parts=_choosable(parts, limits),
                groups=_groups(
                    entry.get("bundledGroupProductOffering"), f"{here}.bundledGroupProductOffering", findings
                ),
                limits=limits,
            )
        )
    return tuple(groups)


def _choosable(parts: tuple[Listed, ...], limits: Limits) -> tuple[Listed, ...]:
    """In a group too small to hold every part once, a part without an option is there to be chosen: at most one."""
    if sum(part.limits.lower for part in parts) <= limits.upper:
        return parts
    return tuple(part if part.limits.given else replace(part, limits=AT_MOST_ONE) for part in parts)


def _objects(raw: Any, path: str, findings: Findings) -> list[dict[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        findings.add("bundle.malformed", f"{path} must be a list of objects")
        return []
    return raw


def _limits(option: Any, path: str, findings: Findings) -> Limits:
    if not isinstance(option, dict):
        findings.add("bundle.malformed", f"{path}: the option must be an object")
        return Limits()
    lower = _count(option, "numberRelOfferLowerLimit", path, findings)
    upper = _count(option, "numberRelOfferUpperLimit", path, findings)
    default = _count(option, "numberRelOfferDefault", path, findings)
    return Limits(lower or 0, MOST if upper is None else upper, default)


def _count(option: dict[str, Any], name: str, path: str, findings: Findings) -> int | None:
    count = option.get(name)
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST:
        findings.add("bundle.malformed", f"{path}: {name} must be an integer from 0 to {MOST}")
        return None
    return count
