"""Where a listener asks its events to be sent: refused at once where nothing will ever be sent."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from gateway.api.tmf630.errors import Refused, malformed
from gateway.events.addresses import NotAllowed, Resolve, checked, is_public, resolve, written_address

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_INTERNAL = (".internal", ".local", ".localhost", ".localdomain", ".lan", ".home.arpa")
_INSIDE = "names a host of this machine or network; hub.allow lists those that may be named"
_LONGEST = 2_048
_LOOKUP_S = 2.0
_HTTPS = 443
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator lets listeners do."""

    allow: frozenset[str] = frozenset(LOOPBACK)
    """Hosts of this machine or network that a callback may name, on any port and by http."""
    ports: frozenset[int] = frozenset({_HTTPS, 8443})
    """Of public callbacks."""
    most: int = 10_000
    """Listeners that one client may have."""
    resolve: Resolve = resolve
    greet: Callable[[str], Awaitable[bool]] | None = None
    """Asks a callback's host whether it wants to hear of us; None: nobody is asked."""

    @classmethod
    def of(
        cls,
        allow: Collection[str],
        ports: Collection[int] = (_HTTPS, 8443),
        greet: Callable[[str], Awaitable[bool]] | None = None,
    ) -> "Rules":
        return cls(frozenset(host.lower() for host in allow), frozenset(ports), greet=greet)

    async def welcome(self, callback: str) -> bool:
        return self.greet is None or await self.greet(callback)

    async def check(self, callback: str) -> None:
        """Refuse an address that events must not be sent to; a name is looked up here and again at each connection."""
        url, host, port = _read(callback)
        if host in self.allow:
            return
        if url.scheme != "https":
            raise _refused("must be https; http works for the hosts of hub.allow only")
        if port not in self.ports:
            raise _refused("names a port that is not allowed; hub.ports lists those that are")
        try:
            address = written_address(host)
        except ValueError:
            raise _refused("names no host") from None
        if address is not None and not is_public(address):
            raise _refused("is not a public address; hub.allow lists the hosts that may be named")
        if address is None:
            await self._look_up(host, port)

    async def _look_up(self, host: str, port: int) -> None:
        """A name that nobody knows (yet) is no reason to refuse: its first delivery will wait for it."""
        if not _NAME.fullmatch(host):
            raise _refused("names no host")
        if "." not in host or host.endswith(_INTERNAL):
            raise _refused(_INSIDE)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOKUP_S):
                    await checked(host, port, (), self.resolve)
        except NotAllowed as error:
            raise _refused(_INSIDE) from error
        except (OSError, UnicodeError):
            return


def _read(callback: str) -> tuple[SplitResult, str, int]:
    try:
        url = urlsplit(callback)
        host = (url.hostname or "").rstrip(".").lower()
        port = url.port or _HTTPS
    except ValueError as error:
        raise _refused("is no URL") from error
    if len(callback) > _LONGEST or re.search(r"[^!-~]|[\\<>\"]", callback):
        raise _refused("is no URL")
    if "#" in callback:
        raise _refused("must not carry a fragment")
    if url.scheme not in ("http", "https"):
        raise _refused("must be https")
    if not host:
        raise _refused("names no host")
    if "@" in url.netloc:
        raise _refused("must not carry a user or password")
    return url, host, port


def _refused(why: str) -> Refused:
    return malformed("hub.callback", f"callback {why}")
