"""What a layout file declares: how to know a file, where each field stands, and what a row must satisfy."""

import tomllib
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.model import Unit, UsageKind

Column = Annotated[int, Field(ge=1)] | str
"""A column's number, counted from 1, or its name in the header."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def zone_of(name: str) -> tzinfo:
    """UTC needs no time zone database, which small images lack."""
    return UTC if name == "UTC" else ZoneInfo(name)


class Match(_Part):
    """How a file is recognised: by the names in its header, or by its number of columns when it has none."""

    header: tuple[str, ...] = ()
    columns: int | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Match":
        if bool(self.header) == bool(self.columns):
            raise ValueError("match needs either header or columns")
        return self


class Subscriber(_Part):
    column: Column
    kind: Literal["msisdn", "login"]


class Start(_Part):
    column: Column
    format: str = "rfc3339"
    """rfc3339 (with offset), or a strptime pattern of a local time."""
    zone: str | None = None
    """The zone of a local time."""

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        if zone is not None:
            zone_of(zone)
        return zone

    @model_validator(mode="after")
    def _settled(self) -> "Start":
        if (self.format == "rfc3339") == (self.zone is not None):
            raise ValueError("a local time needs a zone, an RFC 3339 time needs none")
        return self


class _ColumnOrValue(_Part):
    """Read from a column, or the same for the whole file."""

    column: Column | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "_ColumnOrValue":
        if (self.column is None) == (getattr(self, "value", None) is None):
            raise ValueError("needs either a column or a value")
        return self


class Kind(_ColumnOrValue):
    value: UsageKind | None = None


class UnitOf(_ColumnOrValue):
    value: Unit | None = None


class Fields(_Part):
    key: Column
    subscriber: Subscriber
    start: Start
    kind: Kind
    amount: Column
    unit: UnitOf
    destination: Column | None = None


class Limits(_Part):
    """Age limits; a limit that is left out is off."""

    future_s: int | None = None
    age_days: int | None = None


class Layout(_Part):
    name: str
    title: str
    delimiter: str = ","
    match: Match
    fields: Fields
    limits: Limits = Limits()


def load_layouts(folder: Path) -> dict[str, Layout]:
    """Every layout of a folder by name; those recognised by a header come first, as the more particular ones."""
    layouts = [Layout.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.toml"))]
    layouts.sort(key=lambda layout: (not layout.match.header, layout.name))
    return {layout.name: layout for layout in layouts}
