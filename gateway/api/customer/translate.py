"""A canonical customer -> the stored TMF629 document."""

from typing import Any

from contracts.model import Account, Customer


def customer_document(id: str, customer: Customer, accounts: list[tuple[str, Account]]) -> dict[str, Any]:
    """`accounts` come with our ids; the party is told from its roles by its own id."""
    body: dict[str, Any] = {
        "id": id,
        "name": customer.name,
        "status": customer.status,
        "engagedParty": {
            "id": f"{id}.party",
            "name": customer.name,
            "role": "customer",
            "@referredType": "Organization" if customer.organization else "Individual",
        },
        "account": [
            {"id": account_id, "name": account.name, "@referredType": "BillingAccount"}
            for account_id, account in accounts
        ],
        "contactMedium": _media(customer),
        "@type": "Customer",
    }
    if customer.login:
        body["characteristic"] = [{"name": "login", "value": customer.login, "valueType": "string"}]
    return body


def _media(customer: Customer) -> list[dict[str, Any]]:
    media: list[dict[str, Any]] = []
    if customer.email:
        media.append({"mediumType": "email", "characteristic": {"emailAddress": customer.email}})
    if customer.phone:
        media.append({"mediumType": "telephoneNumber", "characteristic": {"phoneNumber": customer.phone}})
    place = {
        "street1": customer.street,
        "city": customer.city,
        "postCode": customer.postcode,
        "country": customer.country,
    }
    if any(place.values()):
        present = {name: value for name, value in place.items() if value}
        media.append({"mediumType": "postalAddress", "characteristic": present})
    return media
