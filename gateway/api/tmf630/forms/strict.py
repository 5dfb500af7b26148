"""What a strict gateway refuses: attributes and types that the contract does not know and the body does not explain."""

import re
from collections.abc import Iterator
from typing import Any

from gateway.api.tmf630.forms.types import Kind

_ALWAYS = frozenset({"id", "href", "@type", "@baseType", "@schemaLocation", "@referredType"})


def strangers(kind: Kind, value: Any, path: str = "") -> Iterator[str]:
    """An object explains itself by its `@schemaLocation`, or by a known `@baseType` of its unknown `@type`."""
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from strangers(kind, item, f"{path}[{place}]")
    if not isinstance(value, dict):
        return
    type, base = (value.get(name) for name in ("@type", "@baseType"))
    extended = isinstance(type, str) and type not in kind.names
    explained = isinstance(value.get("@schemaLocation"), str) or (extended and base in kind.names)
    if extended and not explained:
        yield f"{_below(path, '@type')} is unknown to the contract"
    said = (kind.said(value) if "@type" in value else None) or kind
    known = _ALWAYS | said.attributes.keys() | kind.declared(type)
    if not explained and not extended:
        yield from (f"{_below(path, name)} is unknown to the contract" for name in value.keys() - known)
    for name, inner in said.inner.items():
        if name in value:
            yield from strangers(inner, value[name], _below(path, name))


def _below(path: str, name: str) -> str:
    """Only a name of the contracts' own alphabet is repeated to the client."""
    shown = name if re.fullmatch(r"@?[A-Za-z]{1,60}", name) else "an attribute"
    return f"{path}.{shown}" if path else shown
