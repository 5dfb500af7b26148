"""What the catalogue's rooms write and refuse: parts of groups listed flat, legacy-mastered attributes kept."""

from typing import Any

from gateway.flows.bundles import sold
from gateway.flows.refusal import Clash

MASTERED = {
    "productOffering": (
        "name",
        "isBundle",
        "productSpecification",
        "productOfferingPrice",
        "bundledProductOffering",
        "bundledGroupProductOffering",
    ),
    "productSpecification": ("name", "productNumber", "serviceSpecification", "isBundle"),
    "productOfferingPrice": (
        "name",
        "price",
        "priceType",
        "percentage",
        "recurringChargePeriodType",
        "recurringChargePeriodLength",
    ),
}
"""What the legacy alone decides about a mirrored row; everything else may be added here."""
COMPOSED = ("isBundle", "bundledProductOffering", "bundledGroupProductOffering")
"""What makes a bundle of an offering: its word for it, or parts."""
COMPOSITION = (*COMPOSED, "productOfferingPrice")


def refuse_mastered(resource: str, source: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Keep a change away from what the legacy masters; Clash names the attributes and the system."""
    touched = [name for name in MASTERED[resource] if before.get(name) != after.get(name)]
    if touched:
        raise Clash(
            "catalog.mastered",
            f"{', '.join(touched)} of this {resource} is mastered by {source}",
            "change it there; the catalogue follows",
        )


def launched_anew(body: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Whether a change concerns the launch check: another composition, or put on sale again."""
    if before is None or any(body.get(name) != before.get(name) for name in COMPOSITION):
        return True
    return body.get("lifecycleStatus") != before.get("lifecycleStatus") and sold(body)


def listed_flat(body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """List the parts of all groups under bundledProductOffering too, where v4 clients and test kits look for parts.

    Entries that only repeat what a group said before this change go first, so that a part leaves with its group.
    """
    parts = body.get("bundledProductOffering") or []
    repeated = [] if before is None else _of_groups(before.get("bundledGroupProductOffering"))
    own = [part for part in parts if part not in repeated]
    known = {part.get("id") for part in own}
    flat = own + [part for part in _of_groups(body.get("bundledGroupProductOffering")) if part.get("id") not in known]
    return {**body, "bundledProductOffering": flat} if flat or parts else body


def priced_somehow(body: dict[str, Any]) -> dict[str, Any]:
    """Every price says its type: a share of another price is a discount, what has a period recurs."""
    if body.get("priceType"):
        return body
    if "percentage" in body:
        return {**body, "priceType": "discount"}
    recurs = body.get("recurringChargePeriodType") or body.get("recurringChargePeriodLength")
    return {**body, "priceType": "recurring" if recurs else "oneTime"}


def _of_groups(groups: Any) -> list[dict[str, Any]]:
    """The parts of the groups and their sub-groups, as declared."""
    parts: list[dict[str, Any]] = []
    for group in groups or []:
        parts += group.get("bundledProductOffering") or []
        parts += _of_groups(group.get("bundledGroupProductOffering"))
    return parts
