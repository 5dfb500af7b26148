"""The drop folder keeps the laws of its port, in both layouts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.cdr_files.adapter import CdrFiles
from adapters.cdr_files.config import Config
from banyan import Clock
from banyan.files import load_layouts
from banyan.files.rows import read_rows
from banyan.model import Quantity, Unit, Unreadable, UsageKind, UsageRecord
from banyan.suites import Calls, UsageFileContract

LAYOUTS = Path(__file__).parents[1] / "layouts"
ASTERISK = (
    b'{},4033211001,4501231235,"jb-test-ctx","Test <1234>","IAX2/1","SIP/2","Dial","dial data",'
    b'"20071101-110325","20071101-110355","20071101-111530",1,60,"ANSWERED",3,"mediation-batch-test-08"'
)


class Noon:
    """A clock that stands still, near the rows' times."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing here waits {seconds} s")


class Files(UsageFileContract):
    adapter_class = CdrFiles
    manifest = Path(__file__).parents[1] / "manifest.toml"

    @staticmethod
    def config(folder: Path) -> Config:
        return Config(folder=folder)

    @pytest.fixture
    def clock(self) -> Clock:
        return Noon()


class TestBanyanLayout(Files):
    before_rows = b"id,msisdn,start,kind,amount,unit"
    good_rows = (
        b"1,+491700000001,2026-11-20T10:00:00+01:00,data,5,bytes",
        b"2,491700000001,2026-11-20T09:00:00Z,voice,5,seconds",
    )


class TestJbillingLayout(Files):
    good_rows = tuple(ASTERISK.replace(b"{}", str(number).encode()) for number in range(3))

    async def test_the_columns_of_the_real_file(self, adapter: CdrFiles, folder: Path, calls: Calls) -> None:
        first, *_ = await self.rows_of(adapter, folder, calls, self.content())
        assert isinstance(first, UsageRecord)
        assert (first.key, first.subscriber_kind, first.subscriber) == ("0", "login", "mediation-batch-test-08")
        assert (first.kind, first.used, first.destination) == (
            UsageKind.VOICE,
            Quantity(60, Unit.SECONDS),
            "4501231235",
        )
        assert first.start == datetime(2007, 11, 1, 11, 3, 25, tzinfo=UTC)


def test_a_local_time_that_is_ambiguous_or_missing_is_unreadable(tmp_path: Path) -> None:
    layout = load_layouts(LAYOUTS)["jbilling"]
    start = layout.fields.start.model_copy(update={"zone": "Europe/Berlin"})
    layout = layout.model_copy(update={"fields": layout.fields.model_copy(update={"start": start})})
    times = (b"20261025-023000", b"20260329-023000", b"20260701-120000")
    file = tmp_path / "x.csv"
    file.write_bytes(b"\n".join(ASTERISK.replace(b"20071101-110325", time) for time in times))
    with file.open("rb") as opened:
        twice, missing, summer = read_rows(opened, layout, datetime(2026, 11, 1, tzinfo=UTC))
    assert isinstance(twice, Unreadable)
    assert isinstance(missing, Unreadable)
    assert isinstance(summer, UsageRecord)
    assert summer.start == datetime(2026, 7, 1, 10, tzinfo=UTC)
