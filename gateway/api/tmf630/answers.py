"""Answers out: bytes, headers, and the way they leave by ASGI."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec

from contracts.clock import rfc3339
from contracts.page import Window
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.query import Asking
from gateway.store.port import Found

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_JSON = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, send: Send) -> None:
        payload = b"" if self.body is None else _JSON.encode(self.body)
        headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in self.headers.items()]
        if payload:
            headers.append((b"content-type", b"application/json"))
        if self.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            headers.append((b"content-length", str(len(payload)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": payload})


def refusal(refused: Refused) -> Answer:
    return Answer(refused.status.value, refused.body(), refused.headers)


def etag(revision: int) -> dict[str, str]:
    """A document that was never stored has no revision and no ETag."""
    return {"ETag": f'"{revision}"'} if revision else {}


def freshness(as_of: datetime | None, missing: tuple[str, ...] = ()) -> dict[str, str]:
    """How old a mirror is, and which systems are not in the answer."""
    headers = {} if as_of is None else {"X-As-Of": rfc3339(as_of)}
    return {**headers, "X-Missing-Source": ", ".join(missing)} if missing else headers


def listed(path: str, asking: Asking, window: Window, found: Found, items: list[Any]) -> Answer:
    partial = asking.paged and len(items) < found.total
    return Answer(
        HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK,
        items,
        {
            "X-Total-Count": str(found.total),
            "X-Result-Count": str(len(items)),
            "Link": _links(path, asking, window, found.total),
            **freshness(found.as_of, found.missing),
        },
    )


def _links(path: str, asking: Asking, window: Window, total: int) -> str:
    offsets = {"self": window.offset, "first": 0}
    if window.offset + window.limit < total:
        offsets["next"] = window.offset + window.limit
    if window.offset > 0:
        offsets["prev"] = max(0, window.offset - window.limit)
    offsets["last"] = max(0, (total - 1) // window.limit * window.limit)
    return ", ".join(f'<{path}?{asking.page(offset, window.limit)}>; rel="{rel}"' for rel, offset in offsets.items())
