"""A server of one ASGI app on a socket, as the gateway serves itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from gateway.connection import Connection

App = Callable[..., Awaitable[None]]
ASK = b"%b / HTTP/1.1\r\nHost: x\r\n%b\r\n"


@asynccontextmanager
async def served(app: App, **more: Any) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server of this app."""
    options = {"http": Connection, "ws": "none", "proxy_headers": False, "lifespan": "off", "log_config": None, **more}
    config = uvicorn.Config(app, **options)
    state = ServerState()
    listening = await asyncio.get_running_loop().create_server(lambda: Connection(config, state, {}), "127.0.0.1", 0)
    async with listening, asyncio.timeout(30):
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            await asyncio.gather(*state.tasks)


def answering(status: int, headers: list[tuple[bytes, bytes]], *parts: bytes) -> App:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for part in parts[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": parts[-1] if parts else b""})

    return app
