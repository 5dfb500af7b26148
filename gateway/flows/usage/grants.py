"""Realised bundles as usage sees them: whose they are, which subscribers they serve, which buckets they grant."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.call import Principal
from contracts.model import Unit
from contracts.page import Condition, Window
from gateway.flows.usage.charge import Bucket
from gateway.store.port import Document, Store

REALISATION = "banyan/realisation"
KINDS = ("msisdn", "login")
"""What a subscriber is named by."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Realisation:
    product: str
    name: str
    owner: str
    end: datetime | None
    grants: tuple[dict[str, Any], ...]
    subscribers: frozenset[tuple[str, str]]
    products: frozenset[str]
    """The bundle and its parts."""
    services: frozenset[str]
    """Native ids and references of what was activated."""


def next_cycle(cycle: datetime) -> datetime:
    return cycle.replace(year=cycle.year + cycle.month // 12, month=cycle.month % 12 + 1)


def plain(kind: str, value: str) -> str:
    """A number as usage records carry it; a login stays as it is."""
    return value.replace(" ", "").removeprefix("+") if kind == "msisdn" else value


def read(document: Document) -> Realisation:
    body = document.body
    end = body.get("end")
    names = body.get("subscribers", {})
    product = body.get("productId", document.id)
    parts = [*body.get("grants", ()), *body.get("services", ()), *body.get("lines", ())]
    return Realisation(
        product=product,
        name=body.get("name", ""),
        owner=document.owner or "",
        end=datetime.fromisoformat(end) if end else None,
        grants=tuple(body.get("grants", ())),
        subscribers=frozenset((kind, plain(kind, str(value))) for kind, values in names.items() for value in values),
        products=frozenset([product, *(str(part["productId"]) for part in parts if part.get("productId"))]),
        services=frozenset(
            str(service[name])
            for service in body.get("services", ())
            for name in ("nativeId", "reference")
            if service.get(name)
        ),
    )


def buckets(realisations: Collection[Realisation], cycle: datetime) -> Iterator[Bucket]:
    """Each grant is one whole bucket in each cycle in which it is valid."""
    cycle_end = next_cycle(cycle)
    named = frozenset(name for realisation in realisations for name in realisation.subscribers)
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
                    others=named - realisation.subscribers,
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
    written = (value, f"+{value}") if kind == "msisdn" else (value,)
    window = Window(limit=_PAGE, conditions=(Condition(f"subscribers.{kind}", "eq", written),))
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


async def owner_of_service(store: Store, background: Principal, id: str) -> str | None:
    """Our id of the customer for whom this service was activated, by its native id or reference."""
    for name in ("nativeId", "reference"):
        window = Window(limit=1, conditions=(Condition(f"services.{name}", "eq", (id,)),))
        for document in (await store.find(background, REALISATION, window)).items:
            return document.owner
    return None
