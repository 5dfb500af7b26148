"""Idempotency-Key: a write that is sent again gets its first answer again, and nothing is done twice."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec

from contracts.call import Principal
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.request import Request
from gateway.store.port import Change, Document, Remember, Remembered, Store

_CANONICAL = msgspec.json.Encoder(decimal_format="number", order="sorted")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one write; `keep` gives the change that stores its answer with the write itself."""

    request: Request
    client: str
    """Whose key it is: an application, and of one that sees some customers only also which."""
    text: str
    digest: str
    status: int
    at: datetime

    def keep(self, document: Document) -> Sequence[Change]:
        answer = Remembered(
            self.client,
            self.request.operation,
            self.text,
            self.digest,
            self.status,
            document.kind,
            document.id,
            document.body,
            self.at,
        )
        return (Remember(answer),)

    async def earlier(self, store: Store) -> Remembered | None:
        """The first answer under this key; refused when it answered another body."""
        found = await store.remembered(self.client, self.request.operation, self.text)
        if found is not None and found.digest != self.digest:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency.reused", "this Idempotency-Key came with another body"
            )
        return found


@dataclass(frozen=True, slots=True)
class Running:
    """The keys of the writes that this process is at. A process that dies holds none: what a key did and its answer
    were written in one commit, or not at all.
    """

    _held: set[tuple[str, str, str]] = field(default_factory=set)

    @contextmanager
    def hold(self, key: Key | None) -> Iterator[None]:
        """Refuses the twin of a write that is not yet answered."""
        if key is None:
            yield
            return
        own = (key.client, key.request.operation, key.text)
        if own in self._held:
            reason = "a request with this Idempotency-Key is being carried out"
            raise Refused(HTTPStatus.CONFLICT, "idempotency.running", reason, headers={"Retry-After": "1"})
        self._held.add(own)
        try:
            yield
        finally:
            self._held.discard(own)


def read_key(request: Request, body: Any, status: int, at: datetime) -> Key | None:
    text = request.headers.get("idempotency-key")
    if text is None:
        return None
    if not _KEY.fullmatch(text):
        raise malformed("idempotency.key", "Idempotency-Key is 1 to 255 visible ASCII characters")
    digest = hashlib.sha256(b"" if body is None else _CANONICAL.encode(body)).hexdigest()
    return Key(request, client_of(request.principal), text, digest, status, at)


def client_of(principal: Principal) -> str:
    """Whose keys and monitors they are: of a client that sees some customers only, also which."""
    if principal.customers is None:
        return principal.client
    seen = "\n".join((principal.subject, principal.acting_for or "", *sorted(principal.customers)))
    return f"{principal.client}:{hashlib.sha256(seen.encode()).hexdigest()}"


def nothing(_document: Document) -> Sequence[Change]:
    """What a write without a key leaves behind."""
    return ()
