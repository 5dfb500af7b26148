"""What `referenceError` points to: the catalogue of error codes and a page for each, for people and for programs."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.api.pages import page
from gateway.api.tmf630.catalogue import PATH, Entry, catalogue, entry

TEMPLATE = "errors.html"
MAX_AGE_S = 3600


def error_pages() -> APIRouter:
    router = APIRouter()

    @router.get(PATH)
    async def every(request: Request) -> Response:
        entries = dict(sorted(catalogue().items()))
        body = [_told(code, found) for code, found in entries.items()]
        return page(request, TEMPLATE, body, max_age=MAX_AGE_S, entries=entries, root=PATH)

    @router.get(f"{PATH}/{{code}}")
    async def one(request: Request, code: str) -> Response:
        found = entry(code)
        if found is None:
            raise HTTPException(404)
        return page(request, TEMPLATE, _told(code, found), max_age=MAX_AGE_S, entries={code: found}, root=PATH)

    return router


def _told(code: str, found: Entry) -> dict[str, Any]:
    return {"code": code, "status": list(found.status), "means": found.means, "do": found.do, "href": f"{PATH}/{code}"}
