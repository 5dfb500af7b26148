"""What jBilling tells, in our nouns."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.jbilling.booking import REFERENCE
from adapters.jbilling.config import Config
from adapters.jbilling.plans import Plans, is_monthly, offering_id, subscription_item
from adapters.jbilling.words import allowance, currency, listed, meta_fields, money, quantity
from banyan.mapping import Record, aware, known, needed
from banyan.model import Account, Bill, BillLine, Customer, LineKind, Offering, OrderLine, Subscription

USER_STATUS = {1: "active", 2: "active", 3: "active", 4: "active", 5: "suspended", 6: "suspended", 7: "suspended"}
ORDER_STATUS = {1: "active", 2: "terminated", 3: "suspended", 4: "suspended"}
INVOICE_STATUS = {26: "settled", 27: "new", 28: "settled"}


def customer(user: Record) -> Customer:
    contact = user["contact"] or {}
    organization = contact.get("organizationName") or None
    given, family = contact.get("firstName"), contact.get("lastName")
    name = organization or " ".join(part for part in (given, family) if part) or user["userName"]
    return Customer(
        id=str(user["userId"]),
        name=needed(name, "userName"),
        status="closed" if user["deleted"] else USER_STATUS.get(user["statusId"], "closed"),
        given_name=given,
        family_name=family,
        organization=organization,
        email=contact.get("email"),
        phone=_phone(contact),
        login=user["userName"],
        street=contact.get("address1"),
        city=contact.get("city"),
        postcode=contact.get("postalCode"),
        country=contact.get("countryCode"),
    )


def account(user: Record, config: Config) -> Account:
    """There is one account for each user: the user."""
    who = customer(user)
    return Account(id=who.id, customer_id=who.id, name=who.name, currency=currency(user, config), status=who.status)


def offering(item: Record, config: Config) -> Offering:
    meta = meta_fields(item)
    price = money(item["price"], (item["defaultPrice"] or {}).get("rateAsDecimal"), currency(item, config), "price")
    return Offering(
        id=str(needed(item["id"], "id")),
        code=needed(item["number"], "number"),
        name=needed(item["description"] or item["number"], "description"),
        price=price,
        service=meta.get("provisioningCode"),
        relies_on=meta.get("requiresCode"),
        allowance=allowance(meta),
        active=not item["deleted"],
    )


def offerings(items: Sequence[Record], plans: Sequence[Record], config: Config) -> list[Offering]:
    """Items that are sold by themselves, then the plans that can be."""
    there = {item["id"]: item for item in items if not item["deleted"]}
    unsold = {config.discount_item, *map(subscription_item, plans)}
    sold = [plan for plan in plans if is_monthly(plan, config) and subscription_item(plan) in there]
    return [offering(item, config) for id, item in sorted(there.items()) if id not in unsold] + [
        plan_offering(plan, there[subscription_item(plan)], config)
        for plan in sorted(sold, key=lambda it: int(it["id"]))
    ]


def plan_offering(plan: Record, item: Record, config: Config) -> Offering:
    """A plan costs what its subscription item costs; what it is made of, its own meta fields say."""
    sold = offering({**item, "metaFields": plan["metaFields"]}, config)
    return replace(sold, id=offering_id(plan), name=plan["description"] or sold.name)


def subscription(order: Record, plans: Plans, config: Config) -> Subscription:
    return Subscription(
        id=str(needed(order["id"], "id")),
        customer_id=str(needed(order["userId"], "userId")),
        status="terminated" if order["deleted"] else known(ORDER_STATUS, order["statusId"], "statusId"),
        lines=tuple(
            _order_line(line, order, plans, config) for line in listed(order["orderLines"]) if not line["deleted"]
        ),
        since=aware(order["activeSince"], "activeSince"),
        until=None if order["activeUntil"] is None else aware(order["activeUntil"], "activeUntil"),
        reference=reference(order),
    )


def bill(invoice: Record, plans: Plans, config: Config) -> Bill:
    iso, native = currency(invoice, config), str(needed(invoice["id"], "id"))
    owner = str(needed(invoice["userId"], "userId"))
    return Bill(
        id=native,
        number=invoice["number"] or native,
        customer_id=owner,
        account_id=owner,
        issued=aware(invoice["createDateTime"], "createDateTime"),
        due=None if invoice["dueDate"] is None else aware(invoice["dueDate"], "dueDate").date(),
        total=money(invoice["total"], None, iso, "total"),
        open=money(invoice["balance"], None, iso, "balance"),
        lines=tuple(
            _bill_line(line, iso, plans, config) for line in listed(invoice["invoiceLines"]) if not line["deleted"]
        ),
        orders=tuple(str(order) for order in listed(invoice["orders"])),
        status=known(INVOICE_STATUS, invoice["statusId"], "statusId"),
    )


def reference(order: Record) -> str | None:
    return meta_fields(order).get(REFERENCE) or order["notes"] or None


def _order_line(line: Record, order: Record, plans: Plans, config: Config) -> OrderLine:
    discount = line["itemId"] == config.discount_item
    return OrderLine(
        reference=str(line["id"]),
        kind=LineKind.DISCOUNT if discount else LineKind.PRODUCT,
        offering_id=None if discount else _sold_as(needed(line["itemId"], "itemId"), plans),
        description=line["description"] or "",
        quantity=quantity(line),
        price=money(line["price"], line["priceAsDecimal"], currency(order, config), "price"),
    )


def _bill_line(line: Record, iso: str, plans: Plans, config: Config) -> BillLine:
    item = line["itemId"]
    return BillLine(
        id=str(needed(line["id"], "id")),
        description=line["description"] or "",
        quantity=quantity(line),
        amount=money(line["amount"], line["amountAsDecimal"], iso, "amount"),
        offering_id=None if item in (None, config.discount_item) else _sold_as(item, plans),
    )


def _sold_as(item: int, plans: Plans) -> str:
    return plans.get(item) or str(item)


def _phone(contact: Record) -> str | None:
    parts = [contact.get(part) for part in ("phoneCountryCode", "phoneAreaCode", "phoneNumber")]
    return "+" + "".join(str(part) for part in parts if part is not None) if contact.get("phoneNumber") else None
