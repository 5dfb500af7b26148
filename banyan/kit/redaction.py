"""What a recording must not hold: secrets are blanked, subscribers' numbers become others, always the same ones."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import pbkdf2_hmac

BLANK = "redacted"
SECRETS = (
    "Password",
    "Passwd",
    "Pwd",
    "PassPhrase",
    "Secret",
    "Token",
    "SessionID",
    "Session",
    "SessionToken",
    "UsernameToken",
    "Nonce",
    "PIN",
    "PUK",
    "Voucher",
    "VoucherIdentifier",
    "BinarySecurityToken",
    "SignatureValue",
    "ApiKey",
)
"""Local names of elements, in any case; all text that stands in them is blanked."""
_TEXT = re.compile(r"<!\[CDATA\[.*?\]\]>|(?<=>)\s*[^<\s][^<]*(?=<)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.+:/-])(?:tel:)?\+?([1-9][0-9]{9,19})(?![\w.:/-])")
_NAMED = re.compile(
    r"<(?:[\w.-]+:)?(?:\w*msisdn|imsi|iccid|subscriber\w*|\w*phone\w*|mobile\w*|fax\w*|calling\w*|called\w*"
    r"|enduseridentifier)(?:\s[^>]*)?>\s*(?:tel:)?\+?([0-9]{7,20})\s*<",
    re.IGNORECASE,
)
_TIME = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([0-9]{2}){1,3}")
_COOKIE = re.compile(r"^([^=;,\s]+)=[^;]*")
_ROUNDS = 20_000
"""Slow on purpose: there are only so many numbers that one could try."""


class Redaction:
    """`personal`: what the test class knows to be somebody's; `known`: the secrets of the configuration."""

    def __init__(self, personal: Iterable[str] = (), known: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self.personal = sorted({each for each in personal if each}, key=len, reverse=True)
        self._known = sorted({each for each in known if each}, key=len, reverse=True)
        names = "|".join(map(re.escape, (*SECRETS, *secrets)))
        self._elements = re.compile(
            rf"(<((?:[\w.-]+:)?(?:{names}))(?:\s[^>]*[^/>]|\s*)>)(.*?)(</\2\s*>)", re.DOTALL | re.IGNORECASE
        )

    def text(self, text: str) -> tuple[str, dict[str, str]]:
        """The text without what it must not hold, and who was called what in it."""
        for secret in self._known:
            text = text.replace(secret, BLANK)
        text = self._elements.sub(lambda found: _TEXT.sub(BLANK, found[0]), text)
        called = {each: alias(each) for each in self.personal if each in text}
        called |= {found[1]: alias(found[1]) for found in _NAMED.finditer(text)}
        called |= {found[1]: alias(found[1]) for found in _NUMBER.finditer(text) if _is_somebodys(found[1])}
        return renamed(text, called), called

    def holds(self, text: str) -> bool:
        """Whether something is still there that must not be."""
        return any(each in text for each in (*self._known, *self.personal))


def _is_somebodys(number: str) -> bool:
    """Long numbers may be times, and round ones are quantities."""
    return not _TIME.fullmatch(number) and not number.endswith("000")


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Each key becomes its value, all at once, where it stands by itself."""
    if not names:
        return text
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?<!\d\.)(?:{'|'.join(map(re.escape, longest))})(?!\w)(?!\.\d)")
    return pattern.sub(lambda found: names[found[0]], text)


@cache
def alias(name: str) -> str:
    """Of the same length and kind: digits stay digits, and the first of them stays."""
    digest = pbkdf2_hmac("sha256", name.encode(), b"banyan cassettes", _ROUNDS)
    if name.isascii() and name.isdigit():
        return (name[0] + str(int.from_bytes(digest)))[: len(name)]
    return f"p{digest.hex()}"[: max(len(name), 8)]


def cookie(value: str) -> str:
    """A Set-Cookie that keeps its name and its attributes."""
    return _COOKIE.sub(rf"\1={BLANK}", value)
