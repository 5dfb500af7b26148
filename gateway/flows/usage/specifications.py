"""What usage records refer to as their specification: one document for each kind of usage."""

from collections.abc import Iterator
from contextlib import suppress

from contracts.call import Principal
from contracts.model import Unit, UsageKind
from gateway.store.port import Document, Put, Stale, Store

KIND = "TMF635/usageSpecification"
NAMES = {UsageKind.VOICE: "Voice call", UsageKind.DATA: "Data session", UsageKind.MESSAGE: "Message"}
UNITS = {UsageKind.VOICE: Unit.SECONDS, UsageKind.DATA: Unit.BYTES, UsageKind.MESSAGE: Unit.ONE}


async def publish(store: Store, background: Principal) -> None:
    """Put those that are not there; whoever changed one keeps his change."""
    for document in _documents():
        if await store.get(background, KIND, document.id) is None:
            with suppress(Stale):
                await store.commit(Put(document, expect=0))


def _documents() -> Iterator[Document]:
    for kind, name in NAMES.items():
        characteristics = {
            "msisdn": "string",
            "login": "string",
            "amount": "integer",
            "unit": "string",
            "destination": "string",
            "layout": "string",
        }
        body = {
            "id": str(kind),
            "name": name,
            "description": f"Usage of the kind {kind}, measured in {UNITS[kind]}",
            "isBundle": False,
            "lifecycleStatus": "Active",
            "version": "1",
            "specCharacteristic": [
                {"name": each, "valueType": type, "configurable": False} for each, type in characteristics.items()
            ],
            "@type": "UsageSpecification",
        }
        yield Document(KIND, str(kind), body)
