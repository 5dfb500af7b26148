"""How each file came into a folder, as the kernel tells it: renamed into it, or written in place."""

import contextlib
import ctypes
import os
import struct
import sys
from pathlib import Path

_CREATED, _MOVED_IN, _OVERFLOW = 0x100, 0x80, 0x4000
_HEADER = struct.Struct("iIII")
_BUFFER = 64 * 1024


class Arrivals:
    """Notices of one folder. Where the system has none, nothing is known and both questions answer no."""

    def __init__(self, folder: Path) -> None:
        self._renamed: dict[str, bool] = {}
        self._fd = _watch(folder) if sys.platform == "linux" else -1

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def read(self) -> None:
        """Take in the notices that came since last time."""
        if self._fd < 0:
            return
        with contextlib.suppress(BlockingIOError):
            while notices := os.read(self._fd, _BUFFER):
                self._note(notices)

    def keep(self, names: set[str]) -> None:
        """Forget the files that are gone."""
        self._renamed = {name: renamed for name, renamed in self._renamed.items() if name in names}

    def renamed(self, name: str) -> bool:
        return self._renamed.get(name) is True

    def in_place(self, name: str) -> bool:
        return self._renamed.get(name) is False

    def _note(self, notices: bytes) -> None:
        at = 0
        while at < len(notices):
            _, mask, _, length = _HEADER.unpack_from(notices, at)
            at += _HEADER.size + length
            if mask & _OVERFLOW:
                self._renamed.clear()
            else:
                name = os.fsdecode(notices[at - length : at].rstrip(b"\x00"))
                self._renamed[name] = bool(mask & _MOVED_IN)


def _watch(folder: Path) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    fd: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if fd >= 0 and libc.inotify_add_watch(fd, os.fsencode(folder), _CREATED | _MOVED_IN) < 0:
        os.close(fd)
        return -1
    return fd
