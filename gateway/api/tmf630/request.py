"""One HTTP request as the kernel understands it, with its size and its media types under control."""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any

from contracts.call import Call, Principal
from contracts.noun import noun
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.reading import is_hostile

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_HOST = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
_READABLE = re.compile(r"(\*|application)/(\*|json|([\w.-]+\+)?json)\s*(;|$)", re.IGNORECASE)


@noun
class Request:
    method: str
    collection: str
    """The path of the collection, as the client wrote it; hrefs begin with it."""
    id: str | None
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    principal: Principal
    call: Call
    parents: tuple[str, ...] = ()
    """The ids in the path before the resource's own: the topic of `topic/{id}/event`."""

    @property
    def operation(self) -> str:
        """What an Idempotency-Key is good for."""
        return f"{self.method} {self.collection}" + ("" if self.id is None else f"/{self.id}")


def read_headers(scope: Scope) -> dict[str, str]:
    """Header names in lower case; repeated ones are joined as HTTP says."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def origin(scope: Scope) -> str:
    """The address that the client asked, such as http://gateway:8080; empty where it named none."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return f"{scope['scheme']}://{host}" if _HOST.fullmatch(host) else ""


def check_path(path: str) -> None:
    if not path.isprintable() and (is_hostile(path) or re.search(r"[\t\r\n]", path)):
        raise malformed("request.path", "the path holds control characters")


def check_accept(headers: Mapping[str, str]) -> None:
    accept = headers.get("accept", "*/*")
    if accept in ("*/*", "application/json"):
        return
    if not any(_READABLE.match(media.strip()) for media in accept.split(",")):
        raise Refused(HTTPStatus.NOT_ACCEPTABLE, "request.accept", "answers are application/json")


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """The body; more than `limit` bytes are not read to their end, whether announced or not."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "request.encoding", "bodies are taken uncompressed only")
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise malformed("request.cut", "the body ended before its announced end")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_large(limit: int) -> Refused:
    return Refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "request.size",
        f"the body is larger than {limit} bytes",
        headers={"Connection": "close"},
    )
