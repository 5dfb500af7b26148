"""Resources as the bytes that leave: made once for each stored text, version and path, and kept while asked for."""

from functools import lru_cache
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

    The stored text is part of the key, so that what is kept can never be older than what the store has just said.
    """

    def __init__(self, projection: Projection, type: str) -> None:
        self._projection = projection
        self._type = type

    def __call__(self, collection: str, document: Document) -> msgspec.Raw:
        text = document.text
        if text is None or len(text) > _LONGEST:
            return msgspec.Raw(_JSON.encode(self.shown(collection, document.id, document.body)))
        return _kept(self, collection, document.id, text)

    def shown(self, collection: str, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body as this version shows it, under the path the client came by."""
        computed = {"id": id, "href": href(collection, id)}
        return {**computed, "@type": self._type, **self._projection.spoken(self._type, body), **computed}


def href(collection: str, id: str) -> str:
    return f"{quote(collection)}/{quote(id, safe='')}"


@lru_cache(_KEPT)
def _kept(rendering: Rendering, collection: str, id: str, text: str) -> msgspec.Raw:
    return msgspec.Raw(_JSON.encode(rendering.shown(collection, id, from_json(text))))
