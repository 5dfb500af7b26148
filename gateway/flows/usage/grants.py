"""Realised bundles as usage sees them: whose they are, which subscribers they serve, which buckets they grant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.call import Principal
from contracts.model import Unit
from contracts.page import Condition, Window
from gateway.flows.usage.charge import Bucket
from gateway.store.port import Document, Store

REALISATION = "banyan/realisation"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Realisation:
    product: str
    name: str
    owner: str
    end: datetime | None
    grants: tuple[dict[str, Any], ...]
    subscribers: frozenset[tuple[str, str]]


def next_cycle(cycle: datetime) -> datetime:
    return cycle.replace(year=cycle.year + cycle.month // 12, month=cycle.month % 12 + 1)


def read(document: Document) -> Realisation:
    body = document.body
    end = body.get("end")
    names = body.get("subscribers", {})
    return Realisation(
        product=body.get("productId", document.id),
        name=body.get("name", ""),
        owner=document.owner or "",
        end=datetime.fromisoformat(end) if end else None,
        grants=tuple(body.get("grants", ())),
        subscribers=frozenset((kind, str(value)) for kind, values in names.items() for value in values),
    )


def buckets(realisations: Iterable[Realisation], cycle: datetime) -> Iterator[Bucket]:
    """Each grant is one whole bucket in each cycle in which it is valid."""
    cycle_end = next_cycle(cycle)
    for realisation in realisations:
        for grant in realisation.grants:
            granted = datetime.fromisoformat(grant["from"]).astimezone(UTC)
            since = max(cycle, granted.replace(hour=0, minute=0, second=0, microsecond=0))
            until = min(cycle_end, realisation.end or cycle_end)
            if since < until:
                yield Bucket(
                    grant=grant["id"],
                    product=grant.get("productId") or realisation.product,
                    name=grant.get("name", ""),
                    unit=Unit(grant["unit"]),
                    size=int(grant["size"]),
                    since=since,
                    until=until,
                    subscribers=realisation.subscribers,
                )


async def of_owner(store: Store, background: Principal, owner: str) -> list[Realisation]:
    """Everything that one customer has."""
    theirs = Principal(background.subject, background.client, background.operator, frozenset({owner}))
    return [read(document) for document in await _all(store, theirs) if document.owner == owner]


async def unseen(store: Store, background: Principal, seen: set[str]) -> list[Document]:
    """Realisations that are not among `seen`. They are listed oldest first, so usually one short look is enough."""
    tail = await store.find(background, REALISATION, Window(offset=len(seen), limit=_PAGE))
    fresh = [document for document in tail.items if document.id not in seen]
    if len(seen) + len(fresh) == tail.total:
        return fresh
    return [document for document in await _all(store, background) if document.id not in seen]


async def _all(store: Store, principal: Principal) -> list[Document]:
    documents: list[Document] = []
    while True:
        found = await store.find(principal, REALISATION, Window(offset=len(documents), limit=_PAGE))
        documents += found.items
        if not found.items or len(documents) >= found.total:
            return documents


async def owner_of(store: Store, background: Principal, kind: str, value: str) -> str | None:
    """Our id of the customer whose subscriber this is: by his bundles, else by whoever answers to the name."""
    window = Window(limit=_PAGE, conditions=(Condition(f"subscribers.{kind}", "eq", (value,)),))
    serving = [document for document in (await store.find(background, REALISATION, window)).items if document.owner]
    if serving:
        # A number that changed hands belongs to its present user.
        return max(serving, key=lambda document: (document.body.get("end") is None, document.body["start"])).owner
    for crossref in await store.by_key(background, kind, value):
        if crossref.kind == "customer":
            return crossref.id
        document = await store.get(background, "TMF637/product", crossref.id) if crossref.kind == "product" else None
        if document is not None and document.owner:
            return document.owner
    return None
