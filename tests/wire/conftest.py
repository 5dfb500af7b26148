"""Connections are tested on the tests' usual loop and on the one that the gateway runs on."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.loops import LOOPS

CONNECTIONS = (
    "test_clients",
    "test_connections",
    "test_exchanges",
    "test_http",
    "test_lifetimes",
    "test_tls",
)


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS if item.path.stem in CONNECTIONS else {"asyncio": asyncio.new_event_loop}
