"""What waits is tested on the tests' usual loop and on the one that the gateway runs on."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.loops import LOOPS


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS if item.path.stem in ("test_limit", "test_places") else {"asyncio": asyncio.new_event_loop}
