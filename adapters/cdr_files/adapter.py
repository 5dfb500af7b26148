"""Usage from a drop folder: complete files in, numbered rows out, finished files taken away."""

# ruff: noqa: ARG002 - the folder is local, so no call waits for anybody

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from fnmatch import fnmatch
from itertools import islice

from adapters.cdr_files.config import Config
from banyan import Call, Clock, NotFound, Unavailable
from banyan.files import DropFolder, Entry, Layout, load_layouts, read_rows, recognise
from banyan.model import Unreadable, UsageFile, UsageRecord
from banyan.ports import UsageFilePort

Chunk = list[UsageRecord | Unreadable]


class CdrFiles(UsageFilePort):
    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._layouts = load_layouts(config.layouts)
        self._drop = DropFolder(config.folder, clock, quiet_s=config.quiet_s, in_place_s=config.in_place_s)

    async def probe(self, call: Call) -> None:
        if not self._config.folder.is_dir():
            raise Unavailable("the drop folder is not there")

    async def aclose(self) -> None:
        self._drop.close()

    async def waiting(self, call: Call) -> list[UsageFile]:
        try:
            return await asyncio.to_thread(self._waiting)
        except OSError as error:
            raise Unavailable(f"the drop folder cannot be read: {error.strerror}") from error

    async def rows(self, call: Call, file: UsageFile) -> AsyncIterator[Chunk]:
        chunks = self._chunks(file)
        ahead = _next(chunks)
        try:
            while chunk := await asyncio.shield(ahead):
                ahead = _next(chunks)
                yield chunk
        except OSError as error:
            raise Unavailable(f"the file cannot be read: {error.strerror}") from error
        finally:
            await asyncio.gather(ahead, return_exceptions=True)
            chunks.close()

    async def settle(self, call: Call, file: UsageFile, *, accepted: bool) -> None:
        await asyncio.to_thread(self._settle, file, accepted=accepted)

    def _settle(self, file: UsageFile, *, accepted: bool) -> None:
        entry = self._drop.find(file.name)
        # Another file may have come under the name since; it stays and gets its own turn.
        if entry and (entry.refused or self._drop.digest(entry) == file.sha256):
            self._drop.take(entry, accepted=accepted)

    def _waiting(self) -> list[UsageFile]:
        files = []
        for entry in self._drop.complete():
            try:
                files.append(self._describe(entry))
            except Unavailable:
                continue
        return files

    def _describe(self, entry: Entry) -> UsageFile:
        if entry.refused:
            return UsageFile(entry.shown, entry.size, "", "", refused=entry.refused)
        layout = self._layout(entry)
        refused = None if layout else "no layout recognises its content"
        return UsageFile(entry.shown, entry.size, self._drop.digest(entry), layout.name if layout else "", refused)

    def _layout(self, entry: Entry) -> Layout | None:
        for pattern, name in self._config.names.items():
            if fnmatch(entry.name, pattern):
                return self._layouts[name]
        with self._drop.open(entry) as file:
            return recognise(file, self._layouts)

    def _chunks(self, file: UsageFile) -> Generator[Chunk, None, None]:
        entry = self._drop.find(file.name)
        if entry is None or self._drop.digest(entry) != file.sha256:
            raise NotFound("the file is not in the drop folder any more")
        with self._drop.open(entry) as opened:
            rows = read_rows(opened, self._layouts[file.layout], self._clock.now())
            while chunk := list(islice(rows, self._config.chunk)):
                yield chunk


def _next(chunks: Iterator[Chunk]) -> "asyncio.Task[Chunk | None]":
    """The next chunk is read while the one before is stored."""
    return asyncio.create_task(asyncio.to_thread(next, chunks, None))
