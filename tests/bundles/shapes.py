"""How a client of the story writes its bundle, in a form that v4 and v5 both take."""

from typing import Any

PUBLISHED = {"lifecycleStatus": "Launched", "lastUpdate": "2026-03-02T09:00:00Z"}


def part(id: str, lower: int | None = None, upper: int | None = None, default: int | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "BundledProductOffering", "id": id}
    if (lower, upper, default) != (None, None, None):
        made["bundledProductOfferingOption"] = _option("BundledProductOfferingOption", lower, upper, default)
    return made


def group(
    name: str, parts: list[dict[str, Any]], lower: int | None, upper: int | None, *inner: dict[str, Any]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "BundledGroupProductOffering",
        "id": name,
        "name": name.title(),
        "bundledProductOffering": parts,
        "bundledGroupProductOfferingOption": _option("BundledGroupProductOfferingOption", lower, upper),
    }
    return made | ({"bundledGroupProductOffering": list(inner)} if inner else {})


def _option(type: str, lower: int | None, upper: int | None, default: int | None = None) -> dict[str, Any]:
    said = {
        "@type": type,
        "numberRelOfferLowerLimit": lower,
        "numberRelOfferUpperLimit": upper,
        "numberRelOfferDefault": default,
    }
    return {name: value for name, value in said.items() if value is not None}


def offering(
    name: str, parts: list[dict[str, Any]], groups: list[dict[str, Any]] | None = None, *prices: dict[str, Any]
) -> dict[str, Any]:
    return {
        "@type": "ProductOffering",
        "name": name,
        "isBundle": True,
        **PUBLISHED,
        "bundledProductOffering": parts,
        "bundledGroupProductOffering": groups or [],
        "productOfferingPrice": list(prices),
    }


def mobile(ids: dict[str, str], *prices: dict[str, Any]) -> dict[str, Any]:
    """A line, one of three packs (Data 20 by default), up to three extras."""
    packs = [part(ids["Data 5"], 0, 1), part(ids["Data 20"], 0, 1, 1), part(ids["Data 100"], 0, 1)]
    extras = [part(ids["Insurance"], 0, 1), part(ids["Extra SIM"], 0, 3)]
    groups = [group("data", packs, 1, 1), group("extras", extras, 0, 3)]
    return offering("Mobile bundle", [part(ids["Mobile line"])], groups, *prices)


def discount(*needs: str, percentage: int = 15, under: str = "policy") -> dict[str, Any]:
    return {
        "@type": "ProductOfferingPrice",
        "name": "Line and data",
        "priceType": "discount",
        **PUBLISHED,
        "percentage": percentage,
        under: [{"@type": "PolicyRef", "id": need} for need in needs],
    }


def allowance(value: Any, unit: str) -> dict[str, Any]:
    said = {"@type": "CharacteristicValueSpecification", "value": value, "unitOfMeasure": unit}
    return {
        "@type": "CharacteristicSpecification",
        "name": "allowance",
        "valueType": "integer",
        "characteristicValueSpecification": [said],
    }
