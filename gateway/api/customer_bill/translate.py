"""A bill presented by bundle -> the stored TMF678 documents."""

from typing import Any

from contracts.clock import rfc3339
from contracts.model import Money
from gateway.flows.billing import BillSection, Charge, Presented
from gateway.flows.party import as_customer

_STATES = frozenset({"new", "sent", "settled", "partiallyPaid"})


def bill_documents(presented: Presented) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """The customerBill, and one appliedCustomerBillingRate per charge shown; both carry the legacy line ids."""
    bill = presented.bill
    issued = rfc3339(bill.issued)
    account = {
        "id": presented.account_id,
        "name": presented.customer_name,
        "@referredType": "BillingAccount",
        "@type": "BillingAccountRef",
    }
    body: dict[str, Any] = {
        "id": presented.id,
        "billNo": bill.number,
        "billDate": issued,
        "lastUpdate": issued,
        "runType": "onCycle",
        "category": "normal",
        "state": bill.status if bill.status in _STATES else "validated",
        "amountDue": _money(bill.total),
        "remainingAmount": _money(bill.open),
        "taxExcludedAmount": _money(bill.total),
        "taxIncludedAmount": _money(bill.total),
        "billingAccount": account,
        "relatedParty": [as_customer(presented.customer_id, presented.customer_name)],
        "billDocument": [
            {
                "id": f"{presented.id}.lines",
                "name": f"Bill {bill.number}",
                "mimeType": "application/json",
                "@type": "Attachment",
            }
        ],
        "billSection": [_section(section) for section in presented.sections],
        "@type": "CustomerBill",
    }
    if bill.due is not None:
        body["paymentDueDate"] = f"{bill.due.isoformat()}T00:00:00.000Z"
    charges = [(section, charge) for section in presented.sections for charge in section.charges]
    ids = [f"{presented.id}.{number}" for number in range(1, len(charges) + 1)]
    return body, [
        (
            id,
            {
                **_rate(section, charge),
                "id": id,
                "date": issued,
                "bill": _bill_ref(presented),
                "billingAccount": account,
            },
        )
        for id, (section, charge) in zip(ids, charges, strict=True)
    ]


def _section(section: BillSection) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": section.name,
        "amount": _money(section.amount),
        "charge": [
            {
                "name": charge.name,
                "amount": _money(charge.amount),
                "legacyLine": [{"id": line, "amount": _money(amount)} for line, amount in charge.pieces],
            }
            for charge in section.charges
        ],
    }
    if section.product_id is not None:
        shown["product"] = {"id": section.product_id, "name": section.name}
    return shown


def _rate(section: BillSection, charge: Charge) -> dict[str, Any]:
    rate: dict[str, Any] = {
        "name": charge.name,
        "appliedBillingRateType": "recurringCharge" if section.known else "otherCharge",
        "isBilled": True,
        "taxExcludedAmount": _money(charge.amount),
        "taxIncludedAmount": _money(charge.amount),
        "characteristic": [
            {"name": "section", "valueType": "string", "value": section.name, "@type": "StringCharacteristic"},
            {
                "name": "legacyLine",
                "valueType": "array",
                "value": [line for line, _ in charge.pieces],
                "@type": "StringArrayCharacteristic",
            },
        ],
        "@type": "AppliedCustomerBillingRate",
    }
    product = charge.product_id or section.product_id
    if product is not None:
        rate["product"] = {"id": product, "name": charge.name, "@type": "ProductRef"}
    return rate


def _bill_ref(presented: Presented) -> dict[str, Any]:
    return {"id": presented.id, "@referredType": "CustomerBill", "@type": "CustomerBillRef"}


def _money(money: Money) -> dict[str, Any]:
    return {"unit": money.currency, "value": money.amount}
