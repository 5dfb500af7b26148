"""The way into the house: what belongs to the TM Forum edge goes straight to the kernel, the rest to FastAPI."""

from collections.abc import Awaitable, Callable

from gateway.api.tmf630.answers import Send, certain
from gateway.api.tmf630.request import Receive, Scope

App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Front:
    """ASGI middleware. FastAPI's own way to a mounted app costs more than the kernel's whole answer.

    `app.kernel` is there from the moment the gateway serves.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kernel = scope["app"].kernel
            if kernel is not None and kernel.serves(scope["path"]):
                await kernel(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Answered:
    """ASGI middleware within FastAPI's own: what fails there is told as at the edge."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = await certain(self._app(scope, receive, send), scope["method"], scope)
        if refused is not None:
            await refused.send(send)
