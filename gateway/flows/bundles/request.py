"""What a client picked, out of the item shapes of TMF622 and TMF679: nested items, nested products, related items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.flows.bundles.choosing import choose
from gateway.flows.bundles.model import Bundle, Choice
from gateway.flows.bundles.sketch import MOST
from gateway.flows.refusal import Invalid

DOWN = frozenset({"bundles", "contains", "hasPart"})
"""Said by the whole about its part."""
UP = frozenset({"bundledBy", "isBundledBy", "isPartOf", "partOf", "isContainedIn", "childOf"})
"""Said by the part about its whole."""


@dataclass(frozen=True, slots=True)
class Picked:
    """An item (or a nested product) that picks an offering, with what is picked inside it."""

    item_id: str | None
    """None for a nested product: it is no item."""
    offering_id: str
    quantity: int
    parts: tuple["Picked", ...]
    body: Mapping[str, Any]

    def inside(self) -> Iterator["Picked"]:
        """Everything picked inside it, at any depth."""
        for part in self.parts:
            yield part
            yield from part.inside()


def picked(items: Sequence[dict[str, Any]], *, nested: str, related: str) -> tuple[Picked, ...]:
    """The top-level picks of a request.

    `nested` names the attribute that holds items inside an item (productOrderItem), `related` the one that links
    items of the flat list (productOrderItemRelationship, qualificationItemRelationship).
    """
    by_id = _by_id(items)
    parents = _parents(by_id, related)
    children: dict[str, list[str]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)

    def read(item: dict[str, Any]) -> Picked:
        linked = [by_id[child] for child in children.get(str(item["id"]), [])]
        inner = [_with_id(entry) for entry in _objects(item.get(nested), nested)]
        product = item.get("product")
        products = _inside(product) if isinstance(product, dict) else ()
        parts = (*(read(entry) for entry in (*linked, *inner)), *products)
        return Picked(str(item["id"]), _offering_id(item), _quantity(item), parts, item)

    return tuple(read(item) for id, item in by_id.items() if id not in parents)


def choice_of(bundle: Bundle, pick: Picked) -> Choice:
    """The configuration that a pick means; raises Invalid naming the limit it breaks."""
    return choose(bundle, requested(bundle, pick))


def requested(bundle: Bundle, pick: Picked) -> dict[str, int]:
    """How many of each part the pick names; entries for the same part add up."""
    if not bundle.is_bundle:
        wanted = {bundle.offering_id: pick.quantity}
    elif pick.quantity != 1:
        raise Invalid("choice.bundleQuantity", "a bundle is taken once per item", "use one item per configuration")
    else:
        wanted = {}
    for part in pick.inside():
        if part.offering_id in bundle.nested:
            if part.quantity != 1:
                raise Invalid("choice.bundleQuantity", "a bundle inside a bundle is taken exactly once")
            continue
        wanted[part.offering_id] = wanted.get(part.offering_id, 0) + part.quantity
    return wanted


def _by_id(items: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    by_id: dict[str, dict[str, Any]] = {}
    for item in items:
        entry = _with_id(item)
        if entry["id"] in by_id:
            raise Invalid("item.duplicateId", f"two items have the id {entry['id']}")
        by_id[entry["id"]] = entry
    return by_id


def _parents(by_id: dict[str, dict[str, Any]], related: str) -> dict[str, str]:
    """Child item -> parent item, from either side's word."""
    parents: dict[str, str] = {}
    for id, item in by_id.items():
        for relation in _objects(item.get(related), related):
            kind, other = relation.get("relationshipType"), str(relation.get("id"))
            if kind not in DOWN | UP:
                continue
            if other not in by_id:
                raise Invalid("item.unknownRelation", f"item {id} {kind} item {other}, which is not there")
            child, parent = (other, id) if kind in DOWN else (id, other)
            if parents.setdefault(child, parent) != parent:
                raise Invalid("item.twoParents", f"item {child} is in two bundles")
    for id in parents:
        seen, above = {id}, parents.get(id)
        while above is not None:
            if above in seen:
                raise Invalid("item.cycle", f"item {id} contains itself")
            seen.add(above)
            above = parents.get(above)
    return parents


def _inside(product: dict[str, Any]) -> tuple[Picked, ...]:
    """The products inside a product: nested, or related as its parts."""
    related = [
        relation["product"]
        for relation in _objects(product.get("productRelationship"), "product.productRelationship")
        if relation.get("relationshipType") in DOWN and isinstance(relation.get("product"), dict)
    ]
    return tuple(
        Picked(None, _offering_id(entry), _quantity(entry), _inside(entry), entry)
        for entry in (*_objects(product.get("product"), "product.product"), *related)
    )


def _with_id(item: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(item.get("id"), str):
        raise Invalid("item.idMissing", "each item needs an id")
    return item


def _offering_id(item: Mapping[str, Any]) -> str:
    for holder in (item, item.get("product")):
        offering = holder.get("productOffering") if isinstance(holder, Mapping) else None
        if isinstance(offering, Mapping) and isinstance(offering.get("id"), str):
            return str(offering["id"])
    raise Invalid("item.offeringMissing", "an item names no product offering", "productOffering.id is missing")


def _quantity(item: Mapping[str, Any]) -> int:
    quantity = item.get("quantity")
    if quantity is None:
        quantity = _stated_quantity(item)
    if isinstance(quantity, str) and quantity.isascii() and quantity.isdigit() and len(quantity) <= len(str(MOST)):
        quantity = int(quantity)
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 <= quantity <= MOST:
        raise Invalid("choice.quantity", f"a quantity is a whole number from 0 to {MOST}")
    return quantity


def _stated_quantity(item: Mapping[str, Any]) -> Any:
    """The characteristic `quantity` of the product, for clients whose schema has no such attribute; 1 without it."""
    for holder in (item, item.get("product")):
        stated = holder.get("productCharacteristic") if isinstance(holder, Mapping) else None
        for entry in _objects(stated, "productCharacteristic"):
            if entry.get("name") == "quantity":
                return entry.get("value")
    return 1


def _objects(raw: Any, path: str) -> list[dict[str, Any]]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise Invalid("request.malformed", f"{path} must be a list of objects")
    return raw
