"""The operations of one resource in one version: list, read, create, change, remove."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from contracts.clock import Clock
from contracts.page import Condition
from gateway.api.tmf630.answers import Answer, etag, freshness, listed
from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.fields import Shown, read_fields, select
from gateway.api.tmf630.idempotency import Key, nothing, read_key
from gateway.api.tmf630.patch import check_patch, merged, writable
from gateway.api.tmf630.projection import Projection
from gateway.api.tmf630.query import comparable, read_query
from gateway.api.tmf630.reading import accept_media, read_object
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.room import Asked, Room
from gateway.api.tmf630.schema import Validators
from gateway.flows.refusal import Refusal
from gateway.store.port import Document, Remembered, Stale, Store

_JSON = ("application/json",)
_PATCHES = ("application/merge-patch+json", "application/json")
_SHOWN_NAME = 80


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One resource, as one version of its API serves it; the hub is one as well."""

    contract: Contract
    resource: Resource
    room: Room
    projection: Projection
    validators: Validators
    store: Store
    clock: Clock

    def methods(self, *, item: bool) -> frozenset[str]:
        return self.resource.item if item else self.resource.collection

    async def answer(self, request: Request) -> Answer:
        match request.method, request.id:
            case "GET", None:
                return await self._list(request)
            case "GET", str(id):
                return await self._read(request, id)
            case "POST", _:
                return await self._create(request)
            case "PATCH", str(id):
                return await self._change(request, id)
            case _:
                return await self._remove(request, request.id or "")

    async def _list(self, request: Request) -> Answer:
        asking = read_query(request.query)
        shown = self._fields(asking.fields)
        window = asking.window(tuple(self._condition(request, condition) for condition in asking.conditions))
        found = await self.room.find(self._asked(request), window)
        items = [select(self._shown(request, document), shown) for document in found.items]
        return listed(request.collection, asking, window, found, items)

    async def _read(self, request: Request, id: str) -> Answer:
        shown = self._only_fields(request)
        document = await self.room.get(self._asked(request), id)
        headers = {**etag(document.revision), **freshness(document.as_of)}
        if document.revision in _revisions(request.headers.get("if-none-match"), document.revision):
            return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
        return Answer(HTTPStatus.OK, select(self._shown(request, document), shown), headers)

    async def _create(self, request: Request) -> Answer:
        accept_media(request.headers.get("content-type"), _JSON)
        sent = read_object(request.body)
        key = read_key(request, sent, HTTPStatus.CREATED, self.clock.now())
        shown = self._only_fields(request)
        self._check(self.resource.create or self.resource.type, sent)
        body = {"@type": self.resource.type, **writable(self.contract, self.resource, sent)}
        stored = self.projection.stored(self.resource.type, body)

        async def create(asked: Asked) -> Document:
            return await self.room.create(asked, stored)

        return await self._write(request, key, create, shown, HTTPStatus.CREATED)

    async def _change(self, request: Request, id: str) -> Answer:
        accept_media(request.headers.get("content-type"), _PATCHES)
        sent = read_object(request.body)
        key = read_key(request, sent, HTTPStatus.OK, self.clock.now())
        shown = self._only_fields(request)

        def patch(body: dict[str, Any]) -> dict[str, Any]:
            return self._patched(request, body, sent)

        async def change(asked: Asked) -> Document:
            return await self.room.change(asked, id, patch)

        return await self._write(request, key, change, shown, HTTPStatus.OK)

    async def _remove(self, request: Request, id: str) -> Answer:
        key = read_key(request, None, HTTPStatus.NO_CONTENT, self.clock.now())

        async def remove(asked: Asked) -> Document | None:
            await self.room.remove(asked, id)
            return None

        return await self._write(request, key, remove, None, HTTPStatus.NO_CONTENT)

    async def _write(
        self,
        request: Request,
        key: Key | None,
        act: Callable[[Asked], Awaitable[Document | None]],
        shown: Shown | None,
        status: HTTPStatus,
    ) -> Answer:
        """Do it once: what a key has answered before is answered again."""
        if key is not None and (earlier := await key.earlier(self.store)) is not None:
            return self._again(request, earlier, shown)
        asked = self._asked(request, key)
        if "if-match" in request.headers and request.id is not None:
            asked = await self._matched(asked, request, request.id)
        try:
            document = await act(asked)
        except (Stale, Refusal) as error:
            # Its twin under the same key may have come first, and be the very reason of the refusal.
            if key is not None and (earlier := await key.earlier(self.store)) is not None:
                return self._again(request, earlier, shown)
            if isinstance(error, Stale) and asked.expect is not None:
                raise _mismatch() from None
            raise
        return self._written(request, document, shown, status)

    def _written(self, request: Request, document: Document | None, shown: Shown | None, status: int) -> Answer:
        if document is None or status == HTTPStatus.NO_CONTENT:
            return Answer(HTTPStatus.NO_CONTENT)
        body = self._shown(request, document)
        headers = etag(document.revision)
        if status == HTTPStatus.CREATED:
            headers["Location"] = body["href"]
        return Answer(status, select(body, shown), headers)

    def _again(self, request: Request, earlier: Remembered, shown: Shown | None) -> Answer:
        answer = self._written(request, Document(earlier.kind, earlier.id, earlier.body), shown, earlier.status)
        return replace(answer, headers={**answer.headers, "Idempotency-Replayed": "true"})

    async def _matched(self, asked: Asked, request: Request, id: str) -> Asked:
        """The request bound to the revision that its If-Match names; refused when that is not the present one."""
        document = await self.room.get(asked, id)
        if document.revision not in _revisions(request.headers["if-match"], document.revision):
            raise _mismatch()
        return replace(asked, expect=document.revision)

    def _asked(self, request: Request, key: Key | None = None) -> Asked:
        return Asked(
            principal=request.principal,
            call=request.call,
            api=self.contract.api,
            version=self.contract.version,
            resource=self.resource.stored,
            remember=nothing if key is None else key.keep,
        )

    def _check(self, schema: str, body: dict[str, Any], *, partial: bool = False) -> None:
        faults = self.validators.faults(schema, body, partial=partial)
        if faults:
            raise Refused(HTTPStatus.BAD_REQUEST, "validation", faults[0], "; ".join(faults[1:]) or None)

    def _patched(self, request: Request, body: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
        view = {"@type": self.resource.type, **self.projection.editable(self.resource.type, body)}
        view["href"] = self._href(request, view["id"])
        changes = check_patch(self.contract, self.resource, view, sent)
        if not changes:
            return body
        after = merged(view, changes)
        touched = {name: after[name] for name in changes if name in after}
        self._check(self.resource.update or self.resource.type, touched, partial=True)
        computed = {"href"} if "@type" in body else {"href", "@type"}
        kept = {name: value for name, value in after.items() if name not in computed}
        return self.projection.stored(self.resource.type, kept)

    def _shown(self, request: Request, document: Document) -> dict[str, Any]:
        body = self.projection.spoken(self.resource.type, document.body)
        computed = {"id": document.id, "href": self._href(request, document.id)}
        return {**computed, "@type": self.resource.type, **body, **computed}

    def _href(self, request: Request, id: str) -> str:
        return f"{quote(request.collection)}/{quote(id, safe='')}"

    def _fields(self, written: str | None) -> Shown | None:
        shown = read_fields(written, lambda name: self.projection.knows(self.resource.type, name))
        if shown is not None and "@type" in self.contract.mandatory(self.resource.type):
            shown["@type"] = None
        return shown

    def _only_fields(self, request: Request) -> Shown | None:
        asking = read_query(request.query)
        if asking.conditions or asking.paged:
            raise malformed("query.single", "one resource is asked with fields only")
        return self._fields(asking.fields)

    def _condition(self, request: Request, condition: Condition) -> Condition:
        path = condition.path
        if path == "href":
            own = f"{request.collection}/"
            return Condition("id", condition.operator, tuple(value.removeprefix(own) for value in condition.values))
        if not self.projection.knows(self.resource.type, path):
            raise malformed("query.unknown", f"this resource has no attribute {path[:_SHOWN_NAME]}")
        schema = self.projection.declared(self.resource.type, path) or {}
        condition = comparable(condition, schema.get("format"), schema.get("type"))
        return replace(condition, path=self.projection.path(self.resource.type, path))


def _revisions(header: str | None, current: int) -> set[int]:
    """The revisions that a conditional header names; `*` names whatever is there."""
    if header is None:
        return set()
    if header.strip() == "*":
        return {current}
    return {int(number) for number in re.findall(r'"(\d{1,18})"', header)} - {0}


def _mismatch() -> Refused:
    return Refused(
        HTTPStatus.PRECONDITION_FAILED, "resource.changed", "this resource is not at the revision of If-Match"
    )
