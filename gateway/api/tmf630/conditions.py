"""If-Match and If-None-Match: a reader and a writer name the revision they know."""

import re
from dataclasses import replace
from http import HTTPStatus

from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.resources import Endpoint
from gateway.api.tmf630.room import Asked

_TAG = re.compile(r'(W/)?"([^"]*)"')
_REVISION = re.compile(r"[1-9]\d{0,17}")
_ENCODED = "-gzip"
"""What compression adds to the tag of an answer."""


def named_revisions(header: str | None, current: int, *, weak: bool = True) -> set[int]:
    """The revisions that a conditional header names; `*` names whatever is there, W/ only what compares weakly."""
    if header is None:
        return set()
    if header.strip() == "*":
        return {current}
    named = [tag.removesuffix(_ENCODED) for mark, tag in _TAG.findall(header) if weak or not mark]
    return {int(tag) for tag in named if _REVISION.fullmatch(tag)}


async def matched(endpoint: Endpoint, asked: Asked, request: Request) -> Asked:
    """The request bound to the revision that its If-Match names; refused when that is not the present one."""
    if request.id is None:
        return asked
    header = request.headers.get("if-match")
    if header is None:
        if endpoint.guarded:
            raise Refused(
                HTTPStatus.PRECONDITION_REQUIRED, "request.unconditional", "this write needs the ETag in If-Match"
            )
        return asked
    document = await endpoint.room.get(asked, request.id)
    if document.revision not in named_revisions(header, document.revision, weak=False):
        raise mismatch()
    return replace(asked, expect=document.revision)


def mismatch() -> Refused:
    return Refused(
        HTTPStatus.PRECONDITION_FAILED, "resource.changed", "this resource is not at the revision of If-Match"
    )
