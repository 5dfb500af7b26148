"""Answers out: bytes, headers, and the way they leave by ASGI."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
import structlog

from contracts.clock import rfc3339
from contracts.noun import noun
from gateway.api.tmf630.errors import Refused, told
from gateway.api.tmf630.request import Scope, origin

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_T = TypeVar("_T")
_LOG = structlog.get_logger("banyan.edge")

_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_NAMES = 256
_JSON = msgspec.json.Encoder(decimal_format="number")


@noun
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        return b"" if self.body is None else _JSON.encode(self.body)

    async def send(self, send: Send, *, bare: bool = False) -> None:
        """`bare`: the headers alone, as they are with the body."""
        payload = self.payload()
        headers = [(_name(name), value.encode("latin-1")) for name, value in self.headers.items()]
        if payload:
            headers.append((b"content-type", b"application/json"))
        if self.status not in _BODILESS:
            headers.append((b"content-length", str(len(payload)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if bare else payload})


@lru_cache(_NAMES)
def _name(name: str) -> bytes:
    return name.lower().encode("ascii")


async def certain(
    answering: Awaitable[_T], method: str, scope: Scope | None = None, *, beyond: tuple[type[Exception], ...] = ()
) -> _T | Answer:
    """The last line: whatever goes wrong, there is an answer with an error body; `beyond` is the caller's to mend."""
    try:
        return await answering
    except beyond:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        refused = told(error)
        if refused is None:
            _LOG.error("request.failed", method=method, error=type(error).__name__, exc_info=error)
            refused = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
        return refusal(refused, "" if scope is None else origin(scope))


def refusal(refused: Refused, origin: str = "") -> Answer:
    return Answer(refused.status.value, refused.body(origin), refused.headers)


def etag(revision: int) -> dict[str, str]:
    """A document that was never stored has no revision and no ETag."""
    return {"ETag": f'"{revision}"'} if revision else {}


def freshness(as_of: datetime | None, missing: tuple[str, ...] = ()) -> dict[str, str]:
    """How old a mirror is, and which systems are not in the answer."""
    headers = {} if as_of is None else {"X-As-Of": rfc3339(as_of)}
    return {**headers, "X-Missing-Source": ", ".join(missing)} if missing else headers
