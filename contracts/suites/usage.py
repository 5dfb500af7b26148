"""The laws of UsageFilePort."""

from pathlib import Path
from typing import ClassVar

import pytest

from contracts.errors import PortError
from contracts.model import Unreadable, UsageFile, UsageRecord
from contracts.ports import UsageFilePort
from contracts.suites.kit import AdapterContract, Calls


class UsageFileContract(AdapterContract):
    """A drop folder: complete files only, every row read or refused by its number, finished files taken away."""

    good_rows: ClassVar[tuple[bytes, ...]]
    """At least two rows of one layout that are usage."""
    before_rows: ClassVar[bytes] = b""
    """What such a file begins with: its header line, if it has one."""

    async def test_a_file_that_is_renamed_in_waits_at_once(
        self, adapter: UsageFilePort, folder: Path, calls: Calls
    ) -> None:
        (folder / "a.csv.tmp").write_bytes(self.content())
        (folder / "b.csv.part").write_bytes(self.content())
        assert await adapter.waiting(calls()) == []
        (folder / "a.csv.tmp").rename(folder / "a.csv")
        (file,) = await adapter.waiting(calls())
        assert (file.name, file.size, file.refused) == ("a.csv", len(self.content()), None)
        assert await adapter.waiting(calls()) == [file]

    async def test_a_marker_makes_a_file_complete(self, adapter: UsageFilePort, folder: Path, calls: Calls) -> None:
        (folder / "a.csv").write_bytes(self.content())
        assert await adapter.waiting(calls()) == []
        (folder / "a.csv.done").touch()
        assert [file.name for file in await adapter.waiting(calls())] == ["a.csv"]

    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    @pytest.mark.parametrize("final", [True, False])
    async def test_rows_are_numbered_whatever_ends_a_line(
        self, adapter: UsageFilePort, folder: Path, calls: Calls, end: bytes, *, final: bool
    ) -> None:
        content = self.content(end) if final else self.content(end).removesuffix(end)
        rows = await self.rows_of(adapter, folder, calls, content)
        first = 2 if self.before_rows else 1
        assert [row.line for row in rows] == list(range(first, first + len(self.good_rows)))
        assert all(isinstance(row, UsageRecord) and row.start.tzinfo for row in rows)
        assert len({row.key for row in rows if isinstance(row, UsageRecord)}) == len(rows)

    async def test_an_unreadable_row_says_why_and_costs_no_other(
        self, adapter: UsageFilePort, folder: Path, calls: Calls
    ) -> None:
        garbage = [b"caf\xe9,\xff\xfe", b'"never closed', b"\x00\x00", b"x" * 100_000]
        content = self.content() + b"\n".join([*garbage, self.good_rows[0]])
        rows = await self.rows_of(adapter, folder, calls, content)
        bad = [row for row in rows if isinstance(row, Unreadable)]
        assert len(bad) == len(garbage)
        assert all(row.reason and "\x00" not in row.row for row in bad)
        assert [row.line for row in rows] == list(range(rows[0].line, rows[0].line + len(rows)))
        records = [row for row in rows if isinstance(row, UsageRecord)]
        assert (records[0].key, records[0].content) == (records[-1].key, records[-1].content)

    async def test_a_settled_file_is_gone_and_settling_twice_is_harmless(
        self, adapter: UsageFilePort, folder: Path, calls: Calls
    ) -> None:
        (folder / "a.tmp").write_bytes(self.content())
        (folder / "a.tmp").rename(folder / "a.csv")
        (file,) = await adapter.waiting(calls())
        await adapter.settle(calls(), file, accepted=True)
        await adapter.settle(calls(), file, accepted=True)
        assert await adapter.waiting(calls()) == []
        assert (folder / "done" / "a.csv").read_bytes() == self.content()
        with pytest.raises(PortError):
            await anext(aiter(adapter.rows(calls(), file)))

    async def test_no_name_leads_out_of_the_folder(self, adapter: UsageFilePort, folder: Path, calls: Calls) -> None:
        outside = folder.parent / "outside.csv"
        outside.write_bytes(self.content())
        for name in ("../outside.csv", str(outside)):
            stranger = UsageFile(name, len(self.content()), "", "")
            await adapter.settle(calls(), stranger, accepted=True)
            with pytest.raises(PortError):
                await anext(aiter(adapter.rows(calls(), stranger)))
        assert outside.read_bytes() == self.content()

    def content(self, end: bytes = b"\n") -> bytes:
        lines = [self.before_rows, *self.good_rows] if self.before_rows else [*self.good_rows]
        return b"".join(line + end for line in lines)

    async def rows_of(
        self, adapter: UsageFilePort, folder: Path, calls: Calls, content: bytes
    ) -> list[UsageRecord | Unreadable]:
        (folder / "rows.tmp").write_bytes(content)
        (folder / "rows.tmp").rename(folder / "rows.csv")
        (file,) = await adapter.waiting(calls())
        return [row async for chunk in adapter.rows(calls(), file) for row in chunk]
