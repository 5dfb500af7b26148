"""The bundle of the story, as any client would write it; docs/guides/bundles.md explains it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.demo.client import CATALOG, App

LINE, PACKS, EXTRAS = "RP_MOB20", ("AO_D5", "AO_D20", "AO_D100"), ("AO_INS5", "AO_ROAM")
PERCENT = 15


@dataclass(frozen=True, slots=True)
class Tariff:
    """A legacy tariff as the catalogue shows it."""

    id: str
    name: str
    price: Decimal
    specification: str


async def tariff(app: App, code: str) -> Tariff:
    """Find a legacy tariff by its product number, through TMF620 alone."""
    [specification] = await app.get(f"{CATALOG}/v4/productSpecification", productNumber=code)
    query = {"productSpecification.id": specification["id"]}
    [offering] = await app.get(f"{CATALOG}/v4/productOffering", **query)
    price = await app.get(f"{CATALOG}/v4/productOfferingPrice/{offering['productOfferingPrice'][0]['id']}")
    return Tariff(offering["id"], offering["name"], Decimal(price["price"]["value"]), specification["id"])


def discount(line: Tariff, packs: list[Tariff]) -> dict[str, Any]:
    return {
        "name": f"{PERCENT} % together",
        "priceType": "discount",
        "percentage": PERCENT,
        "recurringChargePeriodType": "month",
        "policy": [_needed(line.id, line.name), _needed("packs", f"one of {len(packs)} data packs")],
        "@type": "ProductOfferingPrice",
    }


def offering(name: str, price_id: str, line: Tariff, packs: list[Tariff], extras: list[Tariff]) -> dict[str, Any]:
    return {
        "name": name,
        "isBundle": True,
        "lifecycleStatus": "Launched",
        "bundledGroupProductOffering": [
            _group("core", "Mobile line", [line], 1, 1),
            _group("packs", "Data pack", packs, 1, 1),
            _group("extras", "Extras", extras, 0, len(extras)),
        ],
        "productOfferingPrice": [{"id": price_id, "@type": "ProductOfferingPriceRef"}],
        "@type": "ProductOffering",
    }


def _needed(id: str, name: str) -> dict[str, Any]:
    return {"id": id, "name": name, "@type": "PolicyRef"}


def _group(id: str, name: str, parts: list[Tariff], lower: int, upper: int) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "bundledProductOffering": [
            {
                "id": part.id,
                "name": part.name,
                "bundledProductOfferingOption": {
                    "numberRelOfferLowerLimit": 0,
                    "numberRelOfferUpperLimit": 1,
                    "numberRelOfferDefault": 0,
                    "@type": "BundledProductOfferingOption",
                },
                "@type": "BundledProductOffering",
            }
            for part in parts
        ],
        "bundledGroupProductOfferingOption": {
            "numberRelOfferLowerLimit": lower,
            "numberRelOfferUpperLimit": upper,
            "@type": "BundledGroupProductOfferingOption",
        },
        "@type": "BundledGroupProductOffering",
    }
