"""Writing a resource: create, change, replace, remove; each under its Idempotency-Key done once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from gateway.api.tmf630.answers import Answer, etag, freshness
from gateway.api.tmf630.asking.fields import Shown, select
from gateway.api.tmf630.conditions import matched, mismatch
from gateway.api.tmf630.forms.projection import ASIDE
from gateway.api.tmf630.idempotency import Key, read_key
from gateway.api.tmf630.monitors import accepted
from gateway.api.tmf630.patching.patch import PATCHES, Patch, check_change, read_patch, replaced, writable
from gateway.api.tmf630.reading import accept_media, read_json, read_object
from gateway.api.tmf630.rendering import href
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.resources import Endpoint
from gateway.api.tmf630.room import Asked
from gateway.flows.refusal import Refusal
from gateway.store.port import Document, Remembered, Stale

_JSON = ("application/json",)


@dataclass(frozen=True, slots=True)
class Writing:
    """A write that is well-formed and not yet done."""

    endpoint: Endpoint
    request: Request
    key: Key | None
    shown: Shown | None
    status: HTTPStatus
    act: Callable[[Asked], Awaitable[Document | None]]
    patch: Patch | None = None
    """What a change does to the stored body."""

    async def earlier(self) -> Remembered | None:
        return None if self.key is None else await self.key.earlier(self.endpoint.store)

    def answer(self, document: Document | None) -> Answer:
        if document is None or self.status == HTTPStatus.NO_CONTENT:
            return Answer(HTTPStatus.NO_CONTENT)
        body = self.endpoint.shown(self.request.collection, document)
        headers = {**etag(document.revision), **freshness(None, document.missing)}
        if self.status == HTTPStatus.CREATED:
            headers["Location"] = body["href"]
        return Answer(self.status, select(body, self.shown), headers)

    def again(self, earlier: Remembered) -> Answer:
        document = Document(earlier.kind, earlier.id, earlier.body)
        if earlier.status == HTTPStatus.ACCEPTED:
            answer = accepted(self.endpoint, self.request, document)
        else:
            answer = self.answer(document)
        return replace(answer, headers={**answer.headers, "Idempotency-Replayed": "true"})


def read(endpoint: Endpoint, request: Request) -> Writing:
    """What the request wants written; refuses what its contract does not allow, before anybody is asked."""
    match request.method, request.id:
        case "POST", _:
            return _creating(endpoint, request)
        case "PATCH" | "PUT", str(id):
            return _changing(endpoint, request, id)
        case _:
            return _removing(endpoint, request, request.id or "")


async def carry_out(writing: Writing) -> Answer:
    """Do it once: what a key has answered before is answered again."""
    if (earlier := await writing.earlier()) is not None:
        return writing.again(earlier)
    endpoint = writing.endpoint
    with endpoint.running.hold(writing.key):
        asked = await matched(endpoint, endpoint.asked(writing.request, writing.key), writing.request)
        try:
            return writing.answer(await writing.act(asked))
        except (Stale, Refusal) as error:
            # Its twin under the same key may have come first, and be the very reason of the refusal.
            if (earlier := await writing.earlier()) is not None:
                return writing.again(earlier)
            if isinstance(error, Stale) and asked.expect is not None:
                raise mismatch() from None
            raise


def _creating(endpoint: Endpoint, request: Request) -> Writing:
    accept_media(request.headers.get("content-type"), _JSON)
    sent = read_object(request.body)
    key = read_key(request, sent, HTTPStatus.CREATED, endpoint.clock.now())
    shown = endpoint.only_fields(request)
    resource = endpoint.resource
    endpoint.check(resource.create or resource.type, sent)
    body = {"@type": resource.type, **writable(endpoint.contract, resource, sent)}
    stored = endpoint.projection.stored(resource.type, body)

    async def act(asked: Asked) -> Document:
        return await endpoint.room.create(asked, stored)

    return Writing(endpoint, request, key, shown, HTTPStatus.CREATED, act)


def _changing(endpoint: Endpoint, request: Request, id: str) -> Writing:
    media = accept_media(request.headers.get("content-type"), PATCHES if request.method == "PATCH" else _JSON)
    sent = read_json(request.body) if request.method == "PATCH" else read_object(request.body)
    key = read_key(request, sent, HTTPStatus.OK, endpoint.clock.now())
    shown = endpoint.only_fields(request)
    change = read_patch(media, sent, endpoint.is_list) if request.method == "PATCH" else _replacing(endpoint, sent)

    def patch(body: dict[str, Any]) -> dict[str, Any]:
        return _changed(endpoint, request, body, change)

    async def act(asked: Asked) -> Document:
        return await endpoint.room.change(asked, id, patch)

    return Writing(endpoint, request, key, shown, HTTPStatus.OK, act, patch)


def _replacing(endpoint: Endpoint, sent: dict[str, Any]) -> Patch:
    resource = endpoint.resource
    endpoint.check(resource.replace or resource.type, sent)
    return lambda before: replaced(endpoint.contract, resource, before, sent)


def _removing(endpoint: Endpoint, request: Request, id: str) -> Writing:
    key = read_key(request, None, HTTPStatus.NO_CONTENT, endpoint.clock.now())

    async def act(asked: Asked) -> Document | None:
        await endpoint.room.remove(asked, id)
        return None

    return Writing(endpoint, request, key, None, HTTPStatus.NO_CONTENT, act)


def _changed(endpoint: Endpoint, request: Request, body: dict[str, Any], change: Patch) -> dict[str, Any]:
    """The stored body after a change that was made to what the client sees of it; itself when nothing changes."""
    resource = endpoint.resource
    editable = {"@type": resource.type, **endpoint.projection.editable(resource.type, body)}
    view = {name: value for name, value in editable.items() if name != ASIDE}
    view["href"] = href(request.collection, view["id"])
    after = {name: value for name, value in change(view).items() if name != ASIDE}
    changed = check_change(endpoint.contract, resource, view, after)
    if not changed:
        return body
    typed = endpoint.projection.typed(resource.type, after)
    touched = {name: typed[name] for name in changed if name in typed}
    endpoint.check(resource.update or resource.replace or resource.type, touched, partial=True)
    computed = {"href"} if "@type" in body else {"href", "@type"}
    kept = {name: value for name, value in after.items() if name not in computed}
    if ASIDE in editable:
        kept[ASIDE] = editable[ASIDE]
    return endpoint.projection.stored(resource.type, kept)
