"""Finds calls that block the event loop: files, sockets, sleeps, made by an adapter or by what it stands on."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest


def detector(adapter_class: type[Any]) -> AbstractContextManager[None]:
    """Raises BlockingError at the call, wherever the adapter or the SDK is what made it."""
    blockbuster = pytest.importorskip("blockbuster", reason="blockbuster is not installed: nothing sees what blocks")
    module = adapter_class.__module__
    return _watching(blockbuster.BlockBuster(["banyan", module.rpartition(".")[0] or module]))


@contextmanager
def _watching(watch: Any) -> Iterator[None]:
    watch.activate()
    try:
        yield
    finally:
        watch.deactivate()
