"""Where a listener may be: public addresses, and the hosts that the operator allows by name."""

import asyncio
import ipaddress
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""A host name and a port -> the addresses that the network knows it by; OSError when there are none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")


class NotAllowed(OSError):
    """Nothing is sent there."""


async def resolve(host: str, port: int) -> list[str]:
    """In a thread of its own: a name server that is silent keeps no other name waiting, and no process from ending."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str], error: Exception | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def look_up() -> None:
        found, failed = [], None
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            failed = error
        with suppress(RuntimeError):  # nobody waits any more: the loop has ended
            loop.call_soon_threadsafe(settle, list(dict.fromkeys(found)), failed)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    return await answer


def written_address(host: str) -> IP | None:
    """The address a host is written as, also in the old forms 2130706433 and 0x7f.1 that resolvers understand.

    None: it is a name. ValueError: it is neither.
    """
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if re.fullmatch(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*", host):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            raise ValueError("names no host") from None
    return None


def is_public(address: IP) -> bool:
    """Whether it is of the internet, and so is what it may be carried to behind a translator or a tunnel."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or address.scope_id or address in _NAT64_LOCAL:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


async def checked(host: str, port: int, allowed: Collection[str], resolve: Resolve = resolve) -> list[str]:
    """The addresses to connect to; NotAllowed when any of them is not public, OSError when there is none.

    A name is resolved once and the connection goes to what was looked at, so that a second answer changes nothing.
    """
    host = host.rstrip(".").lower()
    found = await resolve(host, port)
    if not found:
        raise OSError("the host has no address")
    if host not in allowed and not all(is_public(ipaddress.ip_address(each.partition("%")[0])) for each in found):
        raise NotAllowed("the host is of this machine or network")
    return found
