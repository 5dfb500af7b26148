"""Related parties in the stored form, roles around references: the one place that knows where the customer stands."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def as_customer(id: str, name: str | None = None) -> dict[str, Any]:
    """The customer, as what belongs to him names him."""
    if name is None:
        return {"role": "customer", "partyOrPartyRole": {"id": id, "@referredType": "Customer"}}
    return {"role": "customer", "partyOrPartyRole": {"id": id, "name": name, "@referredType": "Customer"}}


def billed_to(account: str | None, customer: str) -> dict[str, Any]:
    """Who pays: the account, or the customer himself where no account is told."""
    if account is None:
        return {"id": customer, "@referredType": "Customer"}
    return {"id": account, "@referredType": "BillingAccount"}


def customers(parties: Iterable[Any] | None) -> Iterator[str]:
    """The ids of the parties in the role of customer; without any, those of the parties without a role."""
    told = [(id, str(party.get("role") or "").lower()) for party in parties or () if (id := party_id(party))]
    named = [id for id, role in told if role == "customer"] or [id for id, role in told if not role]
    yield from dict.fromkeys(named)


def party_id(party: Any) -> str | None:
    """Whom it refers to, if it does."""
    reference = party.get("partyOrPartyRole") if isinstance(party, Mapping) else None
    id = reference.get("id") if isinstance(reference, Mapping) else None
    return id if isinstance(id, str) and id else None
