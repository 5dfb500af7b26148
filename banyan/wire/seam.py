"""The one place where another transport takes the network's: recordings, faults and tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

Factory = Callable[[], httpx.AsyncBaseTransport]

_FACTORY: ContextVar[Factory | None] = ContextVar("banyan.wire.seam", default=None)


@contextmanager
def installed(factory: Factory) -> Iterator[None]:
    """Every Wire made inside sends through what `factory` gives, one transport each, and closes it."""
    token = _FACTORY.set(factory)
    try:
        yield
    finally:
        _FACTORY.reset(token)


def transport() -> httpx.AsyncBaseTransport | None:
    """What was installed around this; None where the network is meant."""
    factory = _FACTORY.get()
    return None if factory is None else factory()
