"""What no address may hold, for proxies and browsers write addresses down: how persons are reached and identified."""

from collections.abc import Iterable

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.errors import malformed

ATTRIBUTES = frozenset(
    {
        "email",
        "emailAddress",
        "faxNumber",
        "identificationId",
        "ipAddress",
        "msisdn",
        "phoneNumber",
        "telephoneNumber",
    }
)
"""The last step of a path, in whichever resource: line numbers, mail and IP addresses, numbers of documents."""


def check_personal(names: Iterable[str], contract: Contract) -> None:
    """Refuse to compare them in an address, and say where this API compares them instead."""
    personal = next((name for name in names if name in ATTRIBUTES), None)
    if personal is None:
        return
    searches = " or ".join(f"POST /{search}" for search in _searches(contract))
    instead = f", or by {searches}" if searches else "; this API has no search by POST"
    reason = f"{personal} is personal data, which no address may hold: ask by an id{instead}"
    raise malformed("query.personal", reason)


def _searches(contract: Contract) -> list[str]:
    """The task resources that are asked by a body."""
    return [
        resource.path
        for resource in contract.resources.values()
        if resource.name.startswith(("query", "search")) and "POST" in resource.collection
    ]
