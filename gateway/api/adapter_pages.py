"""/adapters: the systems that are configured, and what each can and cannot do; / leads to the APIs."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from contracts.capability import Support
from gateway.api.pages import page
from gateway.api.publishing.publication import ROOT
from gateway.registry import Manifest


def adapter_pages() -> APIRouter:
    """Of the manifests that the app keeps as `state.systems`; and the way from / to the index of the APIs."""
    router = APIRouter()

    @router.get("/")
    async def front() -> Response:
        return RedirectResponse(ROOT)

    @router.get("/adapters")
    async def every(request: Request) -> Response:
        systems = [_told(manifest) for manifest in request.app.state.systems]
        capabilities = sorted({name for system in systems for name in system["capabilities"]})
        return page(request, "adapters.html", systems, systems=systems, capabilities=capabilities)

    return router


def _told(manifest: Manifest) -> dict[str, Any]:
    support = {
        name: {"support": str(said)} if isinstance(said, Support) else {"support": str(said.support), "why": said.why}
        for name, said in manifest.capabilities.items()
    }
    return {
        "name": manifest.name,
        "title": manifest.title,
        "quality": manifest.quality,
        "ports": list(manifest.ports),
        "capabilities": support,
    }
