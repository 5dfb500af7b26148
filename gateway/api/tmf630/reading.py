"""Request bodies in: bytes to JSON, with every limit that keeps a hostile body from going further."""

import re
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import jiter

from gateway.api.tmf630.errors import Refused, malformed

DEPTH = 32
ITEMS = 1_000
TEXT = 10_240
DIGITS = 30

_HOSTILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_json(body: bytes) -> Any:
    """The JSON value of a body; numbers with a fraction are Decimals. Raises Refused (400) and says where."""
    try:
        value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True, float_mode="decimal")
    except ValueError as error:
        raise malformed("json.syntax", f"the body is not JSON: {_where(error)}") from error
    check_size(value)
    return value


def read_object(body: bytes) -> dict[str, Any]:
    value = read_json(body)
    if not isinstance(value, dict):
        raise malformed("json.object", "the body must be a JSON object")
    return value


def is_hostile(text: str) -> bool:
    """Whether a text holds control characters or overrides of the writing direction."""
    return _HOSTILE.search(text) is not None


def accept_media(sent: str | None, accepted: tuple[str, ...]) -> str:
    """The media type of the body; refused when it is not among the accepted ones."""
    media, _, parameters = (sent or "").lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    if media.strip() not in accepted or (charset and charset[1] not in ("utf-8", "utf8", "us-ascii")):
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "request.media",
            f"the body must be {' or '.join(accepted)}",
            headers={"Accept-Post" if len(accepted) == 1 else "Accept-Patch": ", ".join(accepted)},
        )
    return media.strip()


def _where(error: ValueError) -> str:
    """The parser's sentence without what it quotes from the body."""
    return re.sub(r'"[^"]*" ', "", str(error))


def check_size(value: Any) -> None:
    """Refuse a value that is too deep, too long or no text."""
    pending: list[tuple[Any, int]] = [(value, 1)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, int | Decimal):
            _check_number(value)
        elif isinstance(value, dict | list):
            if depth > DEPTH:
                raise malformed("json.depth", f"the body is nested deeper than {DEPTH} levels")
            if len(value) > ITEMS:
                raise malformed("json.items", f"an array or object has more than {ITEMS} members")
            if isinstance(value, dict):
                pending.extend((key, depth) for key in value)
                value = value.values()
            pending.extend((inner, depth + 1) for inner in value)


def _check_number(number: int | Decimal) -> None:
    if isinstance(number, int):
        fits = abs(number) < 10**DIGITS
    else:
        fits = len(number.as_tuple().digits) <= DIGITS and abs(number.adjusted()) <= DIGITS
    if not fits:
        raise malformed("json.number", f"a number has more than {DIGITS} digits")


def _check_text(text: str) -> None:
    if len(text) > TEXT:
        raise malformed("json.text", f"a text is longer than {TEXT} characters")
    if is_hostile(text):
        raise malformed("json.characters", "a text holds control characters or overrides of the writing direction")
