"""What the system behind lacks is refused with the reason that its manifest gives."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

from contracts.errors import Unsupported
from gateway.api.tmf630.errors import Refused, told

Lacks = Mapping[str, str]
"""Capability -> why the system that serves does not have it."""


def why(error: Unsupported, lacks: Lacks) -> str:
    return lacks.get(error.capability or "", str(error))


@contextmanager
def explained(lacks: Lacks) -> Iterator[None]:
    """Raises Refused with the reason as its message in place of Unsupported."""
    try:
        yield
    except Unsupported as error:
        raise replace(cast("Refused", told(error)), message=why(error, lacks)) from None
