"""What a TMF677 query asks about; a criterion that nobody evaluates is refused, never passed over."""

from typing import Any

from gateway.flows.party import party_id
from gateway.flows.refusal import Invalid
from gateway.flows.usage.wanted import Wanted

_REFERENCES = ("relatedParty", "partyAccount", "product", "logicalResource", "service")


def wanted(body: dict[str, Any]) -> Wanted:
    """The ids that the query names, beside its criteria or within them."""
    criteria = body.get("searchCriteria") or {}
    strange = sorted(name for name, value in criteria.items() if _is_strange(name, value))
    if strange:
        raise Invalid(
            "consumption.criteria",
            f"searchCriteria cannot hold {', '.join(strange)}; consumption is found by {', '.join(_REFERENCES)}",
        )
    parties, accounts, products, numbers, services = (
        frozenset(_ids(body, name) + _ids(criteria, name)) for name in _REFERENCES
    )
    return Wanted(parties, accounts, products, numbers, services)


def _is_strange(name: str, value: Any) -> bool:
    return name not in _REFERENCES and not name.startswith("@") and value not in (None, [], {})


def _ids(place: dict[str, Any], name: str) -> list[str]:
    references = place.get(name) or []
    named = references if isinstance(references, list) else [None]
    ids = [party_id(each) if name == "relatedParty" else each.get("id") for each in named if isinstance(each, dict)]
    if len(ids) < len(named) or not all(isinstance(id, str) and id for id in ids):
        raise Invalid("consumption.criteria", f"each {name} of the query needs an id")
    return [str(id) for id in ids]
