"""Resources as they leave: as bytes made once for each stored text, version and path, and kept while asked for."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote

import msgspec

from gateway.api.tmf630.forms.projection import Projection
from gateway.store.encoding import from_json
from gateway.store.port import Document

_KEPT = 4_096
_LONGEST = 16_384
"""What is longer is made anew each time: 128 MB bound what all resources of a process keep, whoever asks."""
_JSON = msgspec.json.Encoder(decimal_format="number")


class Rendering:
    """Of the resources of one type, as one version shows them.

    What is kept is shown again only for the very text it was made of: it is never older than what the store has just
    said.
    """

    def __init__(self, projection: Projection, type: str) -> None:
        self._projection = projection
        self._type = type

    def __call__(self, collection: str, document: Document) -> msgspec.Raw | dict[str, Any]:
        """The bytes that are kept, or else the body: what it is listed with is encoded with it."""
        text = document.text
        if text is None or len(text) > _LONGEST:
            return self.shown(collection, document.id, document.body)
        kept = _kept(self, collection, document.id)
        if kept.text != text:
            kept.bytes = msgspec.Raw(_JSON.encode(self.shown(collection, document.id, from_json(text))))
            kept.text = text
        return kept.bytes

    def shown(self, collection: str, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body as this version shows it, under the path the client came by."""
        at = href(collection, id)
        shown = {"id": id, "href": at, "@type": self._type, **self._see(body)}
        shown["id"], shown["href"] = id, at
        return shown

    @cached_property
    def _see(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Worked out at the first use."""
        return self._projection.seeing(self._type)


def href(collection: str, id: str) -> str:
    return f"{quoted(collection)}/{id if id.isascii() and id.isalnum() else quote(id, safe='')}"


quoted = lru_cache(_KEPT)(quote)


class _Kept:
    """One resource as it was last shown, and the stored text it was made of: to compare it costs less than to hash."""

    __slots__ = ("bytes", "text")

    def __init__(self) -> None:
        self.text = ""
        self.bytes = msgspec.Raw()


@lru_cache(_KEPT)
def _kept(rendering: Rendering, collection: str, id: str) -> _Kept:  # noqa: ARG001 - the key
    return _Kept()
