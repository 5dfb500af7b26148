"""The network as a test may use it: all of it, this machine only, or nothing."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def refused(*, loopback: bool) -> Iterator[list[str]]:
    """Nothing outside this machine can be reached while the block runs, and without `loopback` nothing at all.

    Yields the addresses that were tried.
    """
    tried: list[str] = []

    def guarded(method: Any, where: int) -> Any:
        def call(sock: socket.socket, *values: Any) -> Any:
            address = values[where]
            if sock.family in (socket.AF_INET, socket.AF_INET6) and not (loopback and _is_here(address[0])):
                tried.append(f"{address[0]}:{address[1]}")
                raise ConnectionRefusedError(f"a test may not reach {address[0]}")
            return method(sock, *values)

        return call

    def look_up(host: Any, *values: Any, **named: Any) -> Any:
        if not (_is_number(host) or (loopback and _is_here(host))):
            tried.append(str(host))
            raise socket.gaierror(socket.EAI_NONAME, f"a test may not ask for {host}")
        return original(host, *values, **named)

    original = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        for name, where in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name), where))
        patch.setattr(socket, "getaddrinfo", look_up)
        yield tried


def _is_number(host: Any) -> bool:
    """An address that needs no look-up; whether it may be reached is asked when it is dialled."""
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _is_here(host: Any) -> bool:
    name = str(host).partition("%")[0]
    return ipaddress.ip_address(name).is_loopback if _is_number(name) else name in ("localhost", "")
