"""What `referenceError` points to: the catalogue of error codes and a page for each, for people and for programs."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.exceptions import HTTPException

from gateway.api.tmf630.catalogue import PATH, Entry, catalogue, entry

_VARY = {"Vary": "Accept", "Cache-Control": "max-age=3600"}


def error_pages() -> APIRouter:
    router = APIRouter()
    pages = Environment(loader=PackageLoader("gateway.api.publishing", "pages"), autoescape=select_autoescape())

    def answered(request: Request, entries: dict[str, Entry], body: Any) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return JSONResponse(body, headers=_VARY)
        page = pages.get_template("errors.html").render(entries=entries, root=PATH)
        return HTMLResponse(page, headers={**_VARY, "Content-Security-Policy": "default-src 'none'; style-src 'self'"})

    @router.get(PATH)
    async def every(request: Request) -> Response:
        entries = dict(sorted(catalogue().items()))
        return answered(request, entries, [_told(code, found) for code, found in entries.items()])

    @router.get(f"{PATH}/{{code}}")
    async def one(request: Request, code: str) -> Response:
        found = entry(code)
        if found is None:
            raise HTTPException(404)
        return answered(request, {code: found}, _told(code, found))

    return router


def _told(code: str, found: Entry) -> dict[str, Any]:
    return {"code": code, "status": list(found.status), "means": found.means, "do": found.do, "href": f"{PATH}/{code}"}
