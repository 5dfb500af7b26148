"""A listener: who asked to hear of what, and where he wants to hear it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from gateway.store.port import Document, Event

HUB = "banyan/hub"


@dataclass(frozen=True, slots=True)
class Listener:
    document: Document
    callback: str
    api: str
    version: str
    types: frozenset[str] | None
    """Event types in lower case; None: all."""
    customers: frozenset[str] | None
    """Of whom it may hear; None: of everybody."""

    @classmethod
    def of(cls, document: Document) -> "Listener":
        body = document.body
        customers = body.get("customers")
        return cls(
            document,
            body["callback"],
            body["api"],
            body["version"],
            event_types(body.get("query")),
            None if customers is None else frozenset(customers),
        )

    def hears(self, event: Event) -> bool:
        """Of its API, of a type it asked for, and of no customer it may not hear of."""
        return (
            self.api == event.kind.split("/")[0]
            and (self.types is None or event.type.lower() in self.types)
            and (self.customers is None or event.owner is None or event.owner in self.customers)
        )

    def address(self, event: Event) -> str:
        """The callback as it was given; a bare host gets the path that TM Forum names for this event."""
        parts = urlsplit(self.callback)
        if parts.path not in {"", "/"}:
            return self.callback
        name = event.type[:1].lower() + event.type[1:]
        return urlunsplit(parts._replace(path=f"/listener/{name}"))


def event_types(query: str | None) -> frozenset[str] | None:
    """`eventType=A,B`, repeated or joined by semicolons; None when the query does not choose by type."""
    pairs = parse_qsl((query or "").lstrip("?").replace(";", "&"))
    wanted = [value for name, value in pairs if name == "eventType"]
    return frozenset(part.strip().lower() for value in wanted for part in value.split(",")) if wanted else None
