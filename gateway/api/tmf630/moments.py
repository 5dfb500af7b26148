"""Moments as clients write them: RFC 3339, or less of it."""

import re
from datetime import UTC, datetime

from gateway.store.attributes import read_instant

# A plus sign that nobody escaped arrives as a space.
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<minute>\d\d:\d\d)(?P<second>:\d\d(?:\.\d+)?)?(?:[Zz]|(?P<hours>[+ -]\d\d):?(?P<minutes>\d\d))?)?"
)


def read_moment(text: str) -> datetime | None:
    """A day alone is its first moment, and what has no offset is meant in UTC; None for what is no moment."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    hours, minute, second = match["hours"], match["minute"] or "00:00", match["second"] or ":00"
    offset = f"{hours.replace(' ', '+')}:{match['minutes']}" if hours else "Z"
    return read_instant(f"{match['day']}T{minute}{second}{offset}")


def as_stored(moment: datetime) -> str:
    """As the store seeks it, to the microsecond."""
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        return moment.isoformat()
