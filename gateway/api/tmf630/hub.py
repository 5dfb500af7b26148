"""Listeners: where events are delivered, registered per API and version and kept as documents."""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any
from urllib.parse import SplitResult, urlsplit

from uuid_utils import uuid7

from contracts.page import Condition, Window
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.room import Asked
from gateway.flows.refusal import Clash, Unknown
from gateway.store.port import Document, Drop, Found, Put, Store

KIND = "banyan/hub"
_INTERNAL = (".internal", ".local", ".localhost", ".localdomain", ".lan", ".home.arpa")
_LONGEST = 2_048
_MOST = 10_000


class Hub:
    """The room of every API's listeners: registers, shows and forgets them. A client sees its own, and of those only
    what hears of no customer that the caller may not see.
    """

    def __init__(self, store: Store, allowed: Collection[str]) -> None:
        self._store = store
        self._allowed = frozenset(host.lower() for host in allowed)

    async def get(self, asked: Asked, id: str) -> Document:
        document = await self._store.get(asked.principal, KIND, id)
        if document is None or not _is_own(asked, document):
            raise Unknown("hub.unknown", "no listener of yours has this id")
        return _shown(document)

    async def find(self, asked: Asked, window: Window) -> Found:
        own = tuple(Condition(name, "eq", (value,)) for name, value in _of(asked).items())
        whole = replace(window, offset=0, limit=_MOST, conditions=(*window.conditions, *own))
        found = await self._store.find(asked.principal, KIND, whole)
        mine = [_shown(document) for document in found.items if _is_own(asked, document)]
        return replace(found, items=mine[window.offset : window.offset + window.limit], total=len(mine))

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        check_callback(body["callback"], self._allowed)
        id = str(uuid7())
        kept = {**body, **_of(asked), "id": id, "customers": _customers(asked)}
        document = Document(KIND, id, kept, revision=1)
        await self._store.commit(Put(document, expect=0), *asked.remember(_shown(document)))
        return _shown(document)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        del patch
        await self.get(asked, id)
        raise Clash("hub.fixed", "a listener is not changed: remove it and register another")

    async def remove(self, asked: Asked, id: str) -> None:
        document = await self.get(asked, id)
        await self._store.commit(Drop(KIND, id), *asked.remember(document))


def _of(asked: Asked) -> dict[str, str]:
    return {"api": asked.api, "version": asked.version, "client": asked.principal.client}


def _customers(asked: Asked) -> list[str] | None:
    return None if asked.principal.customers is None else sorted(asked.principal.customers)


def _is_own(asked: Asked, document: Document) -> bool:
    if not _of(asked).items() <= document.body.items():
        return False
    heard, seen = document.body.get("customers"), asked.principal.customers
    return seen is None or (heard is not None and seen.issuperset(heard))


def _shown(document: Document) -> Document:
    """Without what says whose listener it is."""
    hidden = ("api", "version", "client", "customers")
    return replace(document, body={name: value for name, value in document.body.items() if name not in hidden})


def check_callback(callback: str, allowed: Collection[str]) -> None:
    """Refuse an address that events must not be sent to. Public names are resolved and checked again at delivery."""
    try:
        url = urlsplit(callback)
        host = (url.hostname or "").rstrip(".").lower()
        _ = url.port
    except ValueError as error:
        raise _refused("is no URL") from error
    if len(callback) > _LONGEST or not callback.isascii() or re.search(r"[\s\\<>\"]", callback):
        raise _refused("is no URL")
    if "#" in callback:
        raise _refused("must not carry a fragment")
    _check_form(url, host)
    if host in allowed:
        return
    if url.scheme != "https":
        raise _refused("must be https; http works for the hosts of hub.allow only")
    address = _address(host)
    if address is None and ("." not in host or host.endswith(_INTERNAL)):
        raise _refused("names a host of this machine or network; hub.allow lists those that may be named")
    if address is not None and not _is_public(address):
        raise _refused("is not a public address; hub.allow lists the hosts that may be named")


def _check_form(url: SplitResult, host: str) -> None:
    if url.scheme not in ("http", "https"):
        raise _refused("must be https")
    if not host:
        raise _refused("names no host")
    if "@" in url.netloc:
        raise _refused("must not carry a user or password")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address a host is written as, also in the old forms 2130706433 and 0x7f.1 that resolvers understand."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if re.fullmatch(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*", host):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            raise _refused("names no host") from None
    return None


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return (mapped or address).is_global and not address.is_multicast


def _refused(why: str) -> Refused:
    return malformed("hub.callback", f"callback {why}")
