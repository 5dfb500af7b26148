"""What usage records refer to as their specification: one document for each kind of usage, and one for the rest."""

from collections.abc import Iterator
from contextlib import suppress

from contracts.call import Principal
from contracts.model import Unit, UsageKind
from gateway.store.port import Document, Put, Stale, Store

KIND = "TMF635/usageSpecification"
NAMES = {UsageKind.VOICE: "Voice call", UsageKind.DATA: "Data session", UsageKind.MESSAGE: "Message"}
OTHER = "other"
UNITS = {UsageKind.VOICE: Unit.SECONDS, UsageKind.DATA: Unit.BYTES, UsageKind.MESSAGE: Unit.ONE}


async def publish(store: Store, background: Principal) -> None:
    """Put those that are not there; whoever changed one keeps his change."""
    for document in _documents():
        if await store.get(background, KIND, document.id) is None:
            with suppress(Stale):
                await store.commit(Put(document, expect=0))


def reference(usage_type: str) -> dict[str, str]:
    """The specification of usage that names none."""
    known = next((kind for kind in UsageKind if kind == usage_type), None)
    return {"id": OTHER, "name": "Other usage"} if known is None else {"id": str(known), "name": NAMES[known]}


def _documents() -> Iterator[Document]:
    measured = {
        "msisdn": "string",
        "login": "string",
        "amount": "integer",
        "unit": "string",
        "destination": "string",
        "layout": "string",
    }
    for kind, name in NAMES.items():
        yield _document(str(kind), name, f"Usage of the kind {kind}, measured in {UNITS[kind]}", measured)
    yield _document(OTHER, "Other usage", "Usage that an app posts and nobody measures", {})


def _document(id: str, name: str, description: str, characteristics: dict[str, str]) -> Document:
    body = {
        "id": id,
        "name": name,
        "description": description,
        "isBundle": False,
        "lifecycleStatus": "Active",
        "version": "1",
        "specCharacteristic": [
            {"name": each, "valueType": type, "configurable": False} for each, type in characteristics.items()
        ],
        "@type": "UsageSpecification",
    }
    return Document(KIND, id, body)
