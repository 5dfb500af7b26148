"""A listener: who asked to hear of what, and where he wants to hear it."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from gateway.events.ear import Ear
from gateway.store.port import Document

HUB = "banyan/hub"


@dataclass(frozen=True, slots=True)
class Listener:
    document: Document
    callback: str
    ear: Ear
    secrets: tuple[str, ...]
    """What its deliveries are signed with: one, or two while a new one takes over."""

    @classmethod
    def of(cls, document: Document) -> "Listener":
        body = document.body
        customers = body.get("customers")
        ear = Ear(
            body["api"],
            body["version"],
            body.get("query") or "",
            None if customers is None else frozenset(customers),
            body.get("topic"),
            tuple(body.get("gathers", ())),
        )
        return cls(document, body["callback"], ear, tuple(body.get("secrets", ())))

    @property
    def suspended(self) -> bool:
        """Nothing is delivered: it failed for too long, or its host has not said that it wants to hear."""
        return not self.document.body.keys().isdisjoint(("suspended", "unverified"))

    def address(self, type: str) -> str:
        """The callback as it was given; a bare host gets the path that TM Forum names for this event."""
        parts = urlsplit(self.callback)
        if parts.path not in {"", "/"}:
            return self.callback
        name = quote(type[:1].lower() + type[1:], safe="")
        return urlunsplit(parts._replace(path=f"/listener/{name}"))
