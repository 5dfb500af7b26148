"""What a completed order leaves behind: products, their realisation for usage and bills, names to find them by."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from contracts.clock import rfc3339
from contracts.model import LineKind
from gateway.flows.orders.plan import Line, Plan, Planned, Step
from gateway.flows.party import as_customer, billed_to
from gateway.store.port import Crossref, Document

PRODUCT = "TMF637/product"
REALISATION = "banyan/realisation"
NAMES = ("msisdn", "login")
"""What usage records may call a subscriber."""


def product_documents(plan: Plan, ordered: str) -> Iterator[Document]:
    """Each part first, then the bundle with its parts inside."""
    bodies = {product.id: _product(plan, product, ordered) for product in plan.products if not product.is_bundle}
    for product in plan.products:
        if product.is_bundle:
            parts = [one.id for one in plan.products if one.root == product.id and one is not product]
            bodies[product.id] = _bundle(plan, product, ordered, [bodies[id] for id in parts])
            for id in parts:
                bodies[id] = bodies[id] | {
                    "productRelationship": [{"relationshipType": "isContainedIn", "id": product.id}]
                }
    for id, body in bodies.items():
        yield Document(PRODUCT, id, body, owner=plan.customer_id, revision=1)


def _product(plan: Plan, product: Planned, ordered: str) -> dict[str, Any]:
    step = _step(plan, product)
    said = product.characteristics | (step.facts if step else {})
    body = _common(plan, product, ordered) | {
        "isBundle": False,
        "productCharacteristic": [
            *({"name": name, "valueType": "string", "value": value} for name, value in said.items()),
            {"name": "quantity", "valueType": "integer", "value": product.quantity},
        ],
    }
    if product.specification_id:
        body["productSpecification"] = {"id": product.specification_id, "name": product.name}
    if step and step.native_id:
        body["realizingService"] = [{"id": step.native_id, "name": step.work.service if step.work else product.name}]
    if product.price is not None:
        charge = (
            {"priceType": "oneTime"}
            if product.period == "once"
            else {"priceType": "recurring", "recurringChargePeriod": product.period}
        )
        price = {"dutyFreeAmount": {"unit": plan.currency, "value": product.price}}
        body["productPrice"] = [{"name": product.name, **charge, "price": price}]
    return body


def _bundle(plan: Plan, product: Planned, ordered: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    discounts = [
        {
            "name": line.name,
            "priceType": "discount",
            "recurringChargePeriod": "month",
            "price": {"dutyFreeAmount": {"unit": plan.currency, "value": line.amount}},
        }
        for line in plan.lines
        if line.kind == LineKind.DISCOUNT and line.product_id == product.id
    ]
    body = _common(plan, product, ordered) | {
        "isBundle": True,
        "productCharacteristic": _names(parts) or [{"name": "quantity", "valueType": "integer", "value": 1}],
        "product": parts,
        "productRelationship": [
            {"relationshipType": "contains", "id": part["id"], "name": part["name"]} for part in parts
        ],
    }
    return body | {"productPrice": discounts} if discounts else body


def _names(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A bundle is known by the number of its line."""
    return [said for part in parts for said in part["productCharacteristic"] if said["name"] in NAMES]


def _common(plan: Plan, product: Planned, ordered: str) -> dict[str, Any]:
    return {
        "id": product.id,
        "name": product.name,
        "status": "active",
        "isCustomerVisible": True,
        "orderDate": ordered,
        "startDate": rfc3339(plan.start),
        "productOffering": {"id": product.offering_id, "name": product.name},
        "productOrderItem": [{"orderId": plan.order_id, "orderItemId": product.item_id, "orderItemAction": "add"}],
        "relatedParty": [as_customer(plan.customer_id)],
        "billingAccount": billed_to(plan.account_id, plan.customer_id),
        "@type": "Product",
    }


def realisations(plan: Plan) -> Iterator[Document]:
    """One per product at the top: how it is booked, activated and granted."""
    for root in [product for product in plan.products if product.root == product.id]:
        own = [product for product in plan.products if product.root == root.id and not product.is_bundle]
        yield Document(REALISATION, root.id, _realisation(plan, root, own), owner=plan.customer_id, revision=1)


def _realisation(plan: Plan, root: Planned, own: list[Planned]) -> dict[str, Any]:
    booking = next(step for step in plan.steps if step.booking)
    ids = {root.id, *(product.id for product in own)}
    activated = [(product, step) for product in own if (step := _step(plan, product))]
    subscribers: dict[str, list[str]] = {}
    for product, step in activated:
        said = product.characteristics | step.facts
        for name in NAMES:
            if name in said:
                subscribers.setdefault(name, []).append(said[name])
    return {
        "orderId": plan.order_id,
        "productId": root.id,
        "offeringId": root.offering_id,
        "name": root.name,
        "system": plan.billing,
        "nativeOrderId": booking.native_id,
        "reference": booking.reference,
        "start": plan.start.isoformat(),
        "end": None,
        "currency": plan.currency,
        "lines": [_line(line) for line in plan.lines if line.product_id in ids],
        "services": [
            {
                "reference": step.reference,
                "service": step.work.service if step.work else product.name,
                "nativeId": step.native_id,
                "productId": product.id,
            }
            for product, step in activated
        ],
        "grants": [
            {
                "id": f"{product.id}.grant",
                "productId": product.id,
                "name": product.name,
                "unit": product.allowance.unit.value,
                "size": product.allowance.amount,
                "from": _day(plan.start).isoformat(),
            }
            for product in own
            if product.allowance
        ],
        "subscribers": subscribers,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "kind": line.kind,
        "offeringId": line.offering_id,
        "nativeOfferingId": line.native_offering_id,
        "name": line.name,
        "quantity": line.quantity,
        "amount": line.amount,
        "productId": line.product_id,
        "shares": [{"reference": reference, "amount": amount} for reference, amount in line.shares.items()],
    }


def _day(start: datetime) -> datetime:
    """An allowance counts from the beginning of the day on which its product starts."""
    return start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def crossrefs(plan: Plan) -> Iterator[Crossref]:
    for product in plan.products:
        step = _step(plan, product)
        if step and step.native_id:
            said = product.characteristics | step.facts
            keys: dict[str, str] = {name: said[name] for name in NAMES if name in said}
            yield Crossref("product", product.id, plan.operator, step.system, step.native_id, keys)


def booked(plan: Plan) -> Crossref | None:
    """Our order and billing's; known as soon as the booking is."""
    step = next(step for step in plan.steps if step.booking)
    if step.native_id is None:
        return None
    return Crossref("order", plan.order_id, plan.operator, step.system, step.native_id)


def _step(plan: Plan, product: Planned) -> Step | None:
    return next((step for step in plan.steps if product.reference and step.reference == product.reference), None)
