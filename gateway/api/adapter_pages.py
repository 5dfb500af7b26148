"""/adapters: the systems that are configured, and what each can and cannot do."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from contracts.capability import Support
from gateway.api.pages import page
from gateway.registry import Manifest


def adapter_pages() -> APIRouter:
    """Of the manifests that the app keeps as `state.systems`."""
    router = APIRouter()

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
