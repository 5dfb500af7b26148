"""The gateway behind a socket of this process, for what only bytes can say."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from gateway.app import build
from gateway.connection import Connection
from gateway.settings import Settings


@contextmanager
def served(folder: Path, http: type[Connection] = Connection, **settings: Any) -> Iterator[int]:
    """Its port; its store is in the folder."""
    app = build(Settings.model_validate({"store": {"url": f"sqlite:///{folder / 'banyan.db'}"}, **settings}))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, http=http, ws="none", proxy_headers=False, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
