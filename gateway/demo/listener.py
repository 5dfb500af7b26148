"""A hub listener: a small HTTP server that keeps every event it is sent."""

import json
from types import TracebackType
from typing import Any, Self

from aiohttp import web


class Listener:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.url = ""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._take)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/events"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.events.append(json.loads(await request.text()))
        return web.Response(status=201)
