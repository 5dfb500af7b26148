"""The drop folder: which files are complete, which are refused unopened, and where a finished one goes.

A file is complete when a `.done` marker that is no older stands beside it, when it was renamed into the folder, or when
it has not changed for a while and nobody has it open for writing. Only the marker and the kernel's notice of a rename
prove it; the quiet time serves files that were there before we watched, and systems without such notices: `in_place_s`
seconds when it was written in place or just before we came, else `quiet_s`.
"""

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from banyan.files.arrivals import Arrivals
from contracts.clock import Clock
from contracts.errors import NotFound, Unavailable

MARKER = ".done"
UNFINISHED = (".tmp", ".part")
_NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the folder and the file it stood for when it was seen."""

    name: str
    shown: str
    """The name in printable characters."""
    stamp: tuple[int, ...]
    """Device, inode, size and times: another stamp is another state of the file."""
    size: int
    modified: int
    refused: str | None = None
    """Why it must not be opened."""


def shown(name: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


class DropFolder:
    def __init__(self, folder: Path, clock: Clock, *, quiet_s: float, in_place_s: float) -> None:
        self._folder = folder
        self._clock = clock
        self._quiet_s = quiet_s
        self._in_place_s = in_place_s
        for place in (folder, folder / "done", folder / "held"):
            place.mkdir(parents=True, exist_ok=True)
        self._arrivals = Arrivals(folder)
        self._seen: dict[str, tuple[tuple[int, ...], float]] = {}
        self._hashes: dict[tuple[int, ...], str] = {}

    def close(self) -> None:
        self._arrivals.close()

    def complete(self) -> list[Entry]:
        """The complete files and the refused ones, oldest first."""
        self._arrivals.read()
        names = {path.name for path in self._folder.iterdir()}
        entries = [entry for name in names if self._wanted(name) and (entry := self._entry(name))]
        self._seen = {entry.name: self._since(entry) for entry in entries}
        self._arrivals.keep(names)
        stamps = {entry.stamp for entry in entries}
        self._hashes = {stamp: digest for stamp, digest in self._hashes.items() if stamp in stamps}
        ready = [entry for entry in entries if self._is_complete(entry, names)]
        return sorted(ready, key=lambda entry: (entry.modified, entry.name))

    def digest(self, entry: Entry) -> str:
        """SHA-256 of the file's bytes, computed once for each state of the file."""
        if entry.stamp not in self._hashes:
            digest = sha256()
            with self.open(entry) as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            self._hashes[entry.stamp] = digest.hexdigest()
        return self._hashes[entry.stamp]

    def find(self, name: str) -> Entry | None:
        """The entry that is shown under this name; never a path outside the folder."""
        names = [path.name for path in self._folder.iterdir() if shown(path.name) == name]
        return self._entry(names[0]) if names else None

    @contextlib.contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        """The very file that was seen; Unavailable when it changed or went away meanwhile."""
        if entry.refused:
            raise NotFound(entry.refused)
        try:
            fd = os.open(self._folder / entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise Unavailable(f"the file cannot be opened: {os.strerror(error.errno or 0)}") from error
        with os.fdopen(fd, "rb") as file:
            self._check(file, entry)
            yield file
            self._check(file, entry)

    def take(self, entry: Entry, *, accepted: bool) -> None:
        """Move the file to `done/` or `held/`; an older file of that name there keeps its place."""
        place = self._folder / ("done" if accepted else "held")
        name = shown(entry.name)[:_NAME_LIMIT]
        target, count = place / name, 1
        while os.path.lexists(target):
            target, count = place / f"{name}.{count}", count + 1
        (self._folder / entry.name).rename(target)
        (self._folder / f"{entry.name}{MARKER}").unlink(missing_ok=True)

    @staticmethod
    def _check(file: BinaryIO, entry: Entry) -> None:
        if _stamp(os.fstat(file.fileno())) != entry.stamp:
            raise Unavailable("the file changed while it was read")

    @staticmethod
    def _wanted(name: str) -> bool:
        return not name.startswith(".") and not name.lower().endswith((*UNFINISHED, MARKER))

    def _entry(self, name: str) -> Entry | None:
        try:
            found = (self._folder / name).lstat()
        except FileNotFoundError:
            return None
        if stat.S_ISDIR(found.st_mode):
            return None
        return Entry(name, shown(name), _stamp(found), found.st_size, found.st_mtime_ns, _refusal(name, found))

    def _since(self, entry: Entry) -> tuple[tuple[int, ...], float]:
        """The entry's state and since when it has been so."""
        known = self._seen.get(entry.name)
        return known if known and known[0] == entry.stamp else (entry.stamp, self._clock.monotonic())

    def _is_complete(self, entry: Entry, names: set[str]) -> bool:
        if entry.name + MARKER in names and self._is_marked(entry):
            return True
        unchanged = self._clock.monotonic() - self._seen[entry.name][1]
        if entry.refused:
            return unchanged >= self._quiet_s
        if self._arrivals.renamed(entry.name):
            return True
        age = self._clock.now().timestamp() - entry.modified / 1e9
        in_place = self._arrivals.in_place(entry.name) or 0 <= age < self._in_place_s
        return unchanged >= (self._in_place_s if in_place else self._quiet_s) and not self._has_writer(entry)

    def _is_marked(self, entry: Entry) -> bool:
        """A marker that was there first says nothing about what was written after it."""
        try:
            return (self._folder / f"{entry.name}{MARKER}").lstat().st_mtime_ns >= entry.modified
        except FileNotFoundError:
            return False

    def _has_writer(self, entry: Entry) -> bool:
        """Whether a process on this machine has it open for writing: then the kernel grants no read lease."""
        try:
            with self.open(entry) as file:
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
        except Unavailable:
            return True
        return False


def _stamp(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _refusal(name: str, found: os.stat_result) -> str | None:
    if stat.S_ISLNK(found.st_mode):
        return "is a symbolic link"
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file"
    if found.st_nlink > 1:
        return "is linked from elsewhere"
    if len(name) > _NAME_LIMIT or not name.isprintable() or any(c in name for c in '\\:*?"<>|'):
        return "has an unsafe name"
    return None
