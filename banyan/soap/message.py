"""What goes over the wire, as plain values."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, NamedTuple

from contracts.noun import noun


@noun
class Reply:
    body: Any
    """The children of the output element by name (dict, list, Decimal, datetime), or its value when it has none."""
    header: dict[str, Any] = field(default_factory=dict)
    """Header parts by name."""


class SoapRequest(NamedTuple):
    operation: str
    parameters: Mapping[str, Any]
    header: Mapping[str, Any]
