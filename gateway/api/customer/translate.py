"""What billing tells of a customer -> the stored documents: the customer, the party behind it, its billing accounts."""

from collections.abc import Iterator
from typing import Any

from contracts.model import Account, Customer
from gateway.flows.customers import ACCOUNT, INDIVIDUAL, KIND, ORGANIZATION
from gateway.flows.party import as_customer

Row = tuple[str, dict[str, Any]]


def customer_documents(id: str, customer: Customer, accounts: list[tuple[str, Account]]) -> Iterator[Row]:
    """`accounts` come with our ids; the party is told from its roles by its own id."""
    media = list(_media(customer))
    yield KIND, _customer(id, customer, accounts, media)
    yield _party(id, customer, media)
    for account_id, account in accounts:
        yield ACCOUNT, _account(account_id, account, id)


def _customer(
    id: str, customer: Customer, accounts: list[tuple[str, Account]], media: list[dict[str, Any]]
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": id,
        "name": customer.name,
        "status": customer.status,
        "engagedParty": {
            "id": _party_id(id),
            "name": customer.name,
            "role": "customer",
            "@referredType": "Organization" if customer.organization else "Individual",
            "@type": "PartyRef",
        },
        "account": [
            {"id": account_id, "name": account.name, "@referredType": "BillingAccount", "@type": "AccountRef"}
            for account_id, account in accounts
        ],
        "contactMedium": media,
        "@type": "Customer",
    }
    if customer.login:
        login = {"name": "login", "value": customer.login, "valueType": "string", "@type": "StringCharacteristic"}
        body["characteristic"] = [login]
    return body


def _party_id(id: str) -> str:
    return f"{id}.party"


def _party(id: str, customer: Customer, media: list[dict[str, Any]]) -> Row:
    body: dict[str, Any] = {
        "id": _party_id(id),
        "name": customer.name,
        "contactMedium": media,
        "relatedParty": [as_customer(id, customer.name)],
    }
    if customer.organization:
        status = "closed" if customer.status == "closed" else "validated"
        named = {"tradingName": customer.organization, "isLegalEntity": True, "status": status}
        return ORGANIZATION, {**body, **named, "@type": "Organization"}
    first, _, rest = customer.name.partition(" ")
    named = {"givenName": customer.given_name or first, "familyName": customer.family_name or rest or first}
    return INDIVIDUAL, {**body, **named, "status": "validated", "@type": "Individual"}


def _account(id: str, account: Account, customer_id: str) -> dict[str, Any]:
    return {
        "id": id,
        "name": account.name,
        "state": account.status,
        "accountType": "billing",
        "relatedParty": [as_customer(customer_id, account.name)],
        "@type": "BillingAccount",
    }


def _media(customer: Customer) -> Iterator[dict[str, Any]]:
    """v4 says by mediumType what v5 says by @type."""
    if customer.email:
        yield {"@type": "EmailContactMedium", "mediumType": "email", "emailAddress": customer.email}
    if customer.phone:
        yield {"@type": "PhoneContactMedium", "mediumType": "telephoneNumber", "phoneNumber": customer.phone}
    place = {
        "street1": customer.street,
        "city": customer.city,
        "postCode": customer.postcode,
        "country": customer.country,
    }
    if any(place.values()):
        present = {name: value for name, value in place.items() if value}
        yield {"@type": "GeographicAddressContactMedium", "mediumType": "postalAddress", **present}
