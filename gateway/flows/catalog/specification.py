"""The allowance of a product, as its specification states it: characteristic `allowance`, a value and its unit."""

from typing import Any

from contracts.model import Quantity, Unit
from gateway.flows.refusal import Invalid

ALLOWANCE = "allowance"
RELIES_ON = "reliesOn"


def characteristics(body: dict[str, Any]) -> list[dict[str, Any]]:
    listed = body.get("productSpecCharacteristic")
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def characteristic(name: str, value: Any, unit: str | None = None) -> dict[str, Any]:
    said = {"@type": "CharacteristicValueSpecification", "value": value, "isDefault": True}
    if unit is not None:
        said["unitOfMeasure"] = unit
    return {
        "@type": "CharacteristicSpecification",
        "id": name,
        "name": name,
        "valueType": "integer" if isinstance(value, int) else "string",
        "configurable": False,
        "characteristicValueSpecification": [said],
    }


def allowance_of(body: dict[str, Any]) -> Quantity | None:
    """The allowance of a specification, if it has one; Invalid when it cannot be understood."""
    stated = [entry for entry in characteristics(body) if str(entry.get("name")).lower() == ALLOWANCE]
    if not stated:
        return None
    if len(stated) > 1:
        raise Invalid("allowance.twice", "a specification has at most one characteristic named allowance")
    values = stated[0].get("characteristicValueSpecification") or stated[0].get("productSpecCharacteristicValue")
    value = next((v for v in values if isinstance(v, dict)), {}) if isinstance(values, list) else stated[0]
    amount, unit = value.get("value"), value.get("unitOfMeasure")
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount < 2**63:
        raise Invalid("allowance.value", "the value of an allowance is a whole number", f"not {amount!r}")
    if unit not in {known.value for known in Unit}:
        units = ", ".join(known.value for known in Unit)
        raise Invalid("allowance.unit", f"the unitOfMeasure of an allowance is one of {units}", f"not {unit!r}")
    return Quantity(amount, Unit(unit))
