"""Cursors: where a page ended, as a word that only we can read."""

import base64
import binascii
from collections.abc import Mapping

from contracts.page import Cursor
from gateway.api.tmf630.errors import Refused, malformed

_MARK = b"row:"
_LONGEST = 32
_DIGITS = 18


def write_cursor(row: int) -> str:
    return base64.urlsafe_b64encode(_MARK + str(row).encode()).decode().rstrip("=")


def read_cursor(given: Mapping[str, str]) -> Cursor | None:
    """`after` or `before`, which take the place of `offset` and follow the order in which resources were created."""
    named = [name for name in ("after", "before") if name in given]
    if not named:
        return None
    if len(named) > 1 or "offset" in given or "sort" in given:
        raise malformed("query.cursor", "after, before, offset and sort exclude each other")
    return Cursor(_row(given[named[0]]), backwards=named[0] == "before")


def _row(cursor: str) -> int:
    try:
        read = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _broken() from None
    digits = read.removeprefix(_MARK)
    if len(cursor) > _LONGEST or digits == read or not digits.isdigit() or len(digits) > _DIGITS:
        raise _broken()
    return int(digits)


def _broken() -> Refused:
    return malformed("query.cursor", "the cursor is none that this API has given out")
