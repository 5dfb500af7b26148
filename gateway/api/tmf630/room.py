"""What stands behind a resource: the document store by default, a flow where there is one."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from contracts.call import Call, Principal
from contracts.noun import noun
from contracts.page import Window
from gateway.store.port import Change, Document, Found


@noun
class Asked:
    """One request, after the kernel has read it: who asks what, until when."""

    principal: Principal
    call: Call
    api: str
    """TMF620."""
    version: str
    """v4 or v5: how the client speaks. Rooms see the stored form only."""
    resource: str
    """productOffering, as the stored form names it."""
    remember: Callable[[Document], Sequence[Change]]
    """The changes that keep the answer under the client's Idempotency-Key; add them to the commit that creates it."""
    expect: int | None = None
    """The revision that the client's If-Match insists on; None when it sent none."""
    parents: tuple[str, ...] = ()
    """The ids in the path before the resource's own: the topic of `topic/{id}/event`."""

    @property
    def kind(self) -> str:
        return f"{self.api}/{self.resource}"


class Room(Protocol):
    """Bodies go in and out in the stored form; ids and revisions are the document's. Raises Refusal or PortError.

    The body carries `@type` where the resource is to be found by it; `href` is the kernel's and never stored.
    """

    async def get(self, asked: Asked, id: str) -> Document: ...

    async def find(self, asked: Asked, window: Window) -> Found: ...

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document: ...

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document: ...

    async def remove(self, asked: Asked, id: str) -> None: ...
