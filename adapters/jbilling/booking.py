"""Orders as jBilling books them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapters.jbilling.config import Config
from banyan.model import LineKind, Order, OrderLine

REFERENCE = "externalReference"


def order_record(order: Order, items: Mapping[str, int], config: Config) -> dict[str, Any]:
    """An order as createOrder wants it: monthly, billed in advance, with our reference twice.

    `items`: on which item each offering is booked.
    """
    field = {"fieldName": REFERENCE, "stringValue": order.reference, "dataType": "STRING"}
    return {
        "activeSince": order.start,
        "billingTypeId": 1,
        "currencyId": next((id for id, iso in config.currencies.items() if iso == order.currency), None),
        "deleted": 0,
        "metaFields": [{**field, "disabled": False, "mandatory": False}],
        "notes": order.reference,
        "orderLines": [_line_record(line, items, config) for line in order.lines],
        "period": config.monthly_period,
        "statusId": 1,
        "userId": int(order.customer_id),
    }


def _line_record(line: OrderLine, items: Mapping[str, int], config: Config) -> dict[str, Any]:
    discount = line.kind is LineKind.DISCOUNT or line.offering_id is None
    amount, price, quantity = line.amount.amount, line.price.amount, Decimal(line.quantity)
    return {
        "amount": str(amount),
        "amountAsDecimal": amount,
        "deleted": 0,
        "description": line.description,
        "id": 0,
        "itemId": config.discount_item if discount else items[line.offering_id or ""],
        "price": str(price),
        "priceAsDecimal": price,
        "quantity": str(quantity),
        "quantityAsDecimal": quantity,
        "typeId": 1,
        "useItem": False,
    }
