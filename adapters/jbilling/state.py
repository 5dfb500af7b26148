"""The books of the simulated jBilling: who ordered what, and what was billed. It doubles whatever is sent twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.jbilling import seed
from banyan import Clock
from banyan.simulate import Ledger
from banyan.soap import SoapFault

UNPAID = 27
DUE = timedelta(days=14)


class Books:
    """Records are kept as they go over the wire."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self.users = seed.users()
        self.items = seed.items()
        self.plans = seed.plans()
        self.orders: dict[int, dict[str, Any]] = {}
        self.invoices: dict[int, dict[str, Any]] = {}
        self._traces: dict[int, str | None] = {}
        for id, user, start, items, billed in seed.ORDERS:
            lines = [_line(self.items[item]) for item in items]
            self._book(id, {"userId": user, "activeSince": start, "orderLines": lines, "metaFields": []}, start)
            if billed:
                self._bill(self.orders[id], id + 1000, start)
        self._next_order, self._next_invoice = 1100, 2100

    def user(self, id: int) -> dict[str, Any]:
        return _found(self.users, id, "user.db.UserDTO")

    def item(self, id: int) -> dict[str, Any]:
        return _found(self.items, id, "item.db.ItemDTO")

    def plan(self, id: int) -> dict[str, Any]:
        return _found(self.plans, id, "item.db.PlanDTO")

    def order(self, id: int) -> dict[str, Any]:
        return _found(self.orders, id, "order.db.OrderDTO")

    def invoice(self, id: int) -> dict[str, Any]:
        return _found(self.invoices, id, "invoice.db.InvoiceDTO")

    def orders_of(self, user: int) -> list[dict[str, Any]]:
        self.user(user)
        return [order for order in self.orders.values() if order["userId"] == user and not order["deleted"]][::-1]

    def invoices_of(self, user: int) -> list[dict[str, Any]]:
        self.user(user)
        return [invoice for invoice in self.invoices.values() if invoice["userId"] == user][::-1]

    def book(self, order: dict[str, Any], traceparent: str | None) -> dict[str, Any]:
        """Take an order: the customer and every item must be known, each sum right, and it must have a start."""
        self.user(order["userId"])
        for field in ("activeSince", "orderLines"):
            if not order[field]:
                raise SoapFault("Server", f"SessionInternalError: validation of OrderWS,{field} failed")
        for line in order["orderLines"]:
            self.item(line["itemId"])
            if _decimal(line["amount"]) != line["amountAsDecimal"]:
                raise SoapFault("Server", "SessionInternalError: validation of OrderLineWS,amount failed")
        self._next_order += 1
        self._traces[self._next_order] = traceparent
        return self._book(self._next_order, {**order, "activeSince": _naive(order["activeSince"])}, self._now())

    def delete(self, id: int) -> dict[str, Any] | None:
        """The order if it was still there to delete."""
        order = self.order(id)
        if order["deleted"]:
            return None
        order |= {"deleted": 1, "activeUntil": self._now(), "statusId": 2, "statusStr": "Finished"}
        order["versionNum"] += 1
        return order

    def bill_run(self, user: int | None = None) -> list[int]:
        """Invoice, once and in full, each running order that no invoice charges yet."""
        charged = {order for invoice in self.invoices.values() for order in invoice["orders"]}
        made = []
        for id, order in self.orders.items():
            if id in charged or order["deleted"] or order["activeSince"] > self._now():
                continue
            if user is None or order["userId"] == user:
                self._next_invoice += 1
                invoice = self._bill(order, self._next_invoice, self._now())
                self._ledger.write(
                    "createInvoice",
                    reference=reference(order),
                    native_id=str(invoice["id"]),
                    amount=total(order),
                    traceparent=self._traces.get(id),
                )
                made.append(invoice["id"])
        return made

    def _book(self, id: int, order: dict[str, Any], now: datetime) -> dict[str, Any]:
        lines = [
            {**line, "id": id * 100 + number, "orderId": id, "createDatetime": now, "versionNum": 0}
            for number, line in enumerate(order["orderLines"], 1)
        ]
        self.orders[id] = {
            "billingTypeId": 1,
            "currencyId": seed.EUR,
            "period": seed.MONTHLY,
            **order,
            "createDate": now,
            "deleted": 0,
            "id": id,
            "orderLines": lines,
            "statusId": 1,
            "statusStr": "Active",
            "total": _long(total(order)),
            "versionNum": 1,
        }
        return self.orders[id]

    def _bill(self, order: dict[str, Any], id: int, now: datetime) -> dict[str, Any]:
        kept = ("amount", "amountAsDecimal", "description", "itemId", "price", "priceAsDecimal", "quantity")
        lines = [
            {name: line[name] for name in (*kept, "quantityAsDecimal")} | {"id": id * 100 + number, "deleted": 0}
            for number, line in enumerate(order["orderLines"], 1)
        ]
        self.invoices[id] = {
            "balance": order["total"],
            "carriedBalance": "0",
            "createDateTime": now,
            "currencyId": order["currencyId"],
            "deleted": 0,
            "dueDate": now + DUE,
            "id": id,
            "invoiceLines": lines,
            "number": f"R{id}",
            "orders": [order["id"]],
            "statusDescr": "Unpaid",
            "statusId": UNPAID,
            "total": order["total"],
            "userId": order["userId"],
        }
        return self.invoices[id]

    def _now(self) -> datetime:
        return _naive(self._clock.now())


def reference(order: dict[str, Any]) -> str | None:
    fields = {field["fieldName"]: field["stringValue"] for field in order["metaFields"]}
    return fields.get("externalReference")


def total(order: dict[str, Any]) -> Decimal:
    return sum((line["amountAsDecimal"] for line in order["orderLines"]), Decimal(0))


def _naive(moment: datetime) -> datetime:
    """These books keep UTC; a zone that somebody sends is heeded and forgotten."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _found(records: dict[int, dict[str, Any]], id: int, kind: str) -> dict[str, Any]:
    if id not in records:
        raise SoapFault(
            "Server", f"No row with the given identifier exists: [com.sapienter.jbilling.server.{kind}#{id}]"
        )
    return records[id]


def _line(item: dict[str, Any]) -> dict[str, Any]:
    price = item["defaultPrice"]["rateAsDecimal"]
    money = {"amount": str(price), "amountAsDecimal": price, "price": str(price), "priceAsDecimal": price}
    words = {"deleted": 0, "description": item["description"], "itemId": item["id"], "typeId": 1, "useItem": True}
    return {**money, **words, "quantity": "1", "quantityAsDecimal": Decimal(1)}


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError):
        raise SoapFault("Server", "SessionInternalError: validation of a number failed") from None


def _long(amount: Decimal) -> str:
    return f"{amount:.10f}"
