"""Pages that say the same to people and to programs, as the client accepts it."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

_PAGES = Environment(loader=PackageLoader("gateway.api.publishing", "pages"), autoescape=select_autoescape())
_GUARD = {"Content-Security-Policy": "default-src 'none'; style-src 'self'"}


def page(request: Request, template: str, body: Any, *, max_age: int = 0, **told: Any) -> Response:
    """`body` as JSON; the template with what is `told` to a browser. `max_age`: seconds."""
    headers = {"Vary": "Accept", "Cache-Control": f"max-age={max_age}" if max_age else "no-cache"}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(body, headers=headers)
    return HTMLResponse(_PAGES.get_template(template).render(**told), headers={**headers, **_GUARD})
