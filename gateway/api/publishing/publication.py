"""The published pages as they are served: made when first asked for, kept as bytes, known by an ETag."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from contracts.call import Principal
from gateway.api.publishing import catalog
from gateway.api.publishing.openapi import openapi, title
from gateway.api.tmf630.answers import Send, refusal
from gateway.api.tmf630.contract import Contract, Contracts
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.kernel import Beside
from gateway.api.tmf630.request import Receive, Scope, read_headers

ROOT = "/tmf-api"
CATALOG = "/.well-known/api-catalog"
_OPENAPI = "application/json"
_HTML = "text/html; charset=utf-8"
_GUARD = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STRANGERS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_OWN = {"open.js": "text/javascript", "pages.css": "text/css"}


class Page:
    """Bytes under one path, made on the first request and the same for everybody."""

    def __init__(self, media: str, make: Callable[[], bytes], *, max_age: int = 0) -> None:
        self._make = make
        self._headers = {
            "content-type": media,
            "cache-control": f"max-age={max_age}" if max_age else "no-cache",
            "content-security-policy": _GUARD,
            "x-content-type-options": "nosniff",
        }

    @cached_property
    def body(self) -> bytes:
        return self._make()

    @cached_property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:16]}"'

    async def beside(self, _principal: Principal, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await _only_read(send)
            return
        known = read_headers(scope).get("if-none-match", "")
        if self.etag.strip('"') in known or known.strip() == "*":
            await answer(send, HTTPStatus.NOT_MODIFIED, b"", {"etag": self.etag})
            return
        body = b"" if scope["method"] == "HEAD" else self.body
        length = {"content-length": str(len(self.body))}
        await answer(send, HTTPStatus.OK, body, {**self._headers, "etag": self.etag, **length})


class Index:
    """All APIs: a page for people, a link set for programs (RFC 9727), by what the client accepts."""

    def __init__(self, contracts: Contracts, people: Page, path: str) -> None:
        self._contracts = contracts
        self._people = people
        self._path = path

    async def beside(self, principal: Principal, scope: Scope, receive: Receive, send: Send) -> None:
        headers = read_headers(scope)
        if self._path == ROOT and "text/html" in headers.get("accept", ""):
            await self._people.beside(principal, scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _only_read(send)
            return
        origin = catalog.origin(scope.get("scheme", "http"), headers.get("host", ""))
        body = json.dumps(catalog.linkset(self._contracts, origin, origin + CATALOG)).encode()
        told = {
            "content-type": catalog.MEDIA,
            "content-length": str(len(body)),
            "link": f'<{CATALOG}>; rel="api-catalog"',
            "vary": "Accept",
        }
        await answer(send, HTTPStatus.OK, b"" if scope["method"] == "HEAD" else body, told)


class Publication:
    """The pages of all contracts, by path, as the kernel serves them beside its resources."""

    def __init__(self, contracts: Contracts) -> None:
        self._templates = Environment(loader=PackageLoader(__package__, "pages"), autoescape=select_autoescape())
        self.beside: dict[str, Beside] = {}
        for contract in contracts:
            for base in contract.bases:
                describe = Page(_OPENAPI, partial(_described, contract, base))
                read = Page(_HTML, partial(self._readable, contract, base))
                self._put({f"{base}/openapi.json": describe, base: read, f"{base}/docs": read})
        for folder, media in ((_of("fastapi_offline") / "static", _STRANGERS), (_of(__package__) / "pages", _OWN)):
            for name, kind in media.items():
                self._put({f"{ROOT}/docs/{name}": Page(kind, (folder / name).read_bytes, max_age=3600)})
        people = Page(_HTML, partial(self._index, contracts))
        for path in (ROOT, CATALOG):
            self.beside[path] = Index(contracts, people, path).beside

    def _put(self, pages: Mapping[str, Page]) -> None:
        self.beside |= {path: page.beside for path, page in pages.items()}

    def _readable(self, contract: Contract, base: str) -> bytes:
        template = self._templates.get_template("api.html")
        return template.render(title=title(contract), api=contract.api, url=f"{base}/openapi.json", root=ROOT).encode()

    def _index(self, contracts: Contracts) -> bytes:
        return self._templates.get_template("index.html").render(apis=catalog.apis(contracts), root=ROOT).encode()


def _of(package: str) -> Path:
    return Path(str(files(package)))


def _described(contract: Contract, base: str) -> bytes:
    return json.dumps(openapi(contract, base), separators=(",", ":")).encode()


async def _only_read(send: Send) -> None:
    allow = {"Allow": "GET, HEAD"}
    refused = Refused(HTTPStatus.METHOD_NOT_ALLOWED, "request.method", "not a method of this path", headers=allow)
    await refusal(refused).send(send)


async def answer(send: Send, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
    told = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status.value, "headers": told})
    await send({"type": "http.response.body", "body": body})
