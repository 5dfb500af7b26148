"""The usage files of the story: one in the layout of a legacy mediation, one in ours."""

from datetime import datetime, timedelta
from pathlib import Path

GIGABYTE = 1_000_000_000


def legacy_rows(login: str, at: datetime, count: int = 1_000) -> list[str]:
    """Voice calls as 17 columns without a header; the last row has the first one's key with other content."""
    rows = [_call(str(900_000 + number), login, at + timedelta(seconds=number), 60) for number in range(count)]
    return [*rows, _call("900000", login, at, 61)]


def _call(key: str, login: str, start: datetime, seconds: int) -> str:
    began, end = f"{start:%Y%m%d-%H%M%S}", f"{start + timedelta(seconds=seconds):%Y%m%d-%H%M%S}"
    fields = [key, "4930100200", "4930555666", '"demo-ctx"', f'"{login} <1234>"', '"IAX2/demo-13"', '"SIP/demo"']
    fields += ['"Dial"', '"dial data"', f'"{began}"', f'"{began}"', f'"{end}"', "1", str(seconds), '"ANSWERED"', "3"]
    return ",".join([*fields, f'"{login}"'])


def session_rows(key: str, msisdn: str, at: datetime, size: int) -> list[str]:
    """A data session in our own layout, and a row that nobody can read."""
    session = f"{key},{msisdn},{at.isoformat()},data,{size},bytes"
    return ["id,msisdn,start,kind,amount,unit", session, f"{key}-broken,{msisdn},not a time,data,1,bytes"]


def drop(folder: Path, name: str, rows: list[str]) -> None:
    """Write beside, then rename: only a renamed file is complete."""
    half_written = folder / f"{name}.tmp"
    half_written.write_text("\n".join(rows) + "\n", encoding="utf-8")
    half_written.rename(folder / name)
