"""What a recording must not hold: secrets are blanked, what is somebody's becomes another, always the same one."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

from banyan.kit.alias import ACCOUNT, DATE, alias, is_account
from banyan.kit.private import NUMBERS, PERSONS, SECRETS, Named

BLANK = "redacted"
_NUMBERS, _PERSONS = Named(NUMBERS), Named(PERSONS)
_SIGNED = re.compile(r"\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*|(?<=://)[^/\s:@<>\"']+:[^@/\s<>\"']+(?=@)")
"""A web token; a user and his password in an address."""
_CREDENTIALS = re.compile(r"\b(Bearer|Basic)\s+(?=[^\s<]*[0-9=])[\w.~+/-]{12,}=*")
_NUMBER = re.compile(r"(?<![\w.+-])(?:tel:|sip:)?\+?([0-9]{10,20})(?![\w-])(?!\.\d)")
_PHONE = re.compile(r"(?<![\w+])\+([1-9][0-9]{0,2}(?:[ /-][0-9]{2,}){2,5})(?![\w-])")
_CARD = re.compile(r"(?<![\w-])([0-9]{4}(?:[ -][0-9]{4}){3})(?![\w-])")
_MAIL = re.compile(r"(?<![\w.+-])((?!\+?[0-9]+@)[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_CALLED = re.compile(
    r"\s*(?:tel:|sip:)?\+?([0-9]{7,20}[A-F]?|[0-9](?:[ ()/-]{0,2}[0-9]){8,19})\s*(?:@[^@]*)?", re.IGNORECASE
)
_TIME = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([0-9]{2}){1,3}")
_BASE64 = re.compile(r"(?<![\w+/=-])(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![\w+/=-])")
_COOKIE = re.compile(r"^([^=;,\s]+)=[^;]*")
_SAID = re.compile(r"\s*(?:<!\[CDATA\[|<!--)?\s*(.*?)\s*(?:\]\]>|-->)?\s*", re.DOTALL)
_RANDOM = re.compile(r"(?![0-9]{4}-[0-9]{2})(?=\S*[0-9])(?=\S*[A-Za-z])\S{8,}|[0-9]{16,}")
"""What was blanked once and looks like this is blanked wherever it comes again: a session has many names."""


class Redaction:
    """`personal`: what the test class knows to be somebody's; `known`: the secrets of the configuration."""

    def __init__(self, personal: Iterable[str] = (), known: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self.personal = sorted({each for each in personal if each}, key=len, reverse=True)
        self._known = {form for each in known if each for form in _forms(each)}
        self._secrets = Named((*SECRETS, *map(re.escape, secrets)))
        self._others: set[str] = set()

    def text(self, text: str) -> tuple[str, dict[str, str]]:
        """The text without what it must not hold, and who was called what in it."""
        called: dict[str, str] = {}
        text = self._plain(text, called)
        return _BASE64.sub(lambda found: self._decoded(found[0], called), text), called

    def known_by_now(self, text: str) -> str:
        """Without the secrets that are known, some of them only since they were blanked elsewhere."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, BLANK)
        return text

    def blanked(self, text: str) -> str:
        """Without what is a secret by its name or its looks."""
        return _CREDENTIALS.sub(rf"\1 {BLANK}", _SIGNED.sub(BLANK, self._secrets.all_text(text, self._blank)))

    def left_in(self, text: str) -> str | None:
        """Something that is still there and must not be."""
        return next((each for each in (*self._known, *self.personal) if each in text), None)

    def played(self, text: str) -> None:
        """Whoever is in a recording has another name already, and is asked for by it."""

        def known(value: str) -> str:
            self._others.add(value.strip())
            return value

        _PERSONS.each(text, known)
        self._others |= self._found(text)

    def _plain(self, text: str, called: dict[str, str]) -> str:
        text = self.known_by_now(self.blanked(self.known_by_now(text)))

        def other(value: str) -> str:
            who = value.strip()
            if who in self._others:
                return value
            called[who] = alias(who)
            return value.replace(who, called[who])

        text = _PERSONS.each(text, other)
        found = {each: alias(each) for each in self._found(text) - self._others.union(called.values())}
        called |= found
        return renamed(text, found)

    def _blank(self, value: str) -> str:
        said = _SAID.fullmatch(value)
        if said is not None and _RANDOM.fullmatch(said[1]):
            self._known.add(said[1])
        return BLANK

    def _found(self, text: str) -> set[str]:
        """Who is in it, wherever it stands."""
        found = {each for each in self.personal if each in text}
        found |= {each[1] for kind in (_MAIL, _PHONE, _CARD) for each in kind.finditer(text)}
        found |= {each[0] for each in ACCOUNT.finditer(text) if is_account(each[0])}
        found |= {each[1] for each in _NUMBER.finditer(text) if _is_somebodys(each[1])}

        def number(value: str) -> str:
            if (digits := _CALLED.fullmatch(value)) and not DATE.match(value.strip()):
                found.add(digits[1])
            return value

        _NUMBERS.each(text, number)
        return found

    def _decoded(self, coded: str, called: dict[str, str]) -> str:
        """Base64 of a text that holds such a thing is that of the redacted one."""
        try:
            text = base64.b64decode(coded).decode()
        except UnicodeDecodeError:
            return coded
        told = self._plain(text, called) if text.isprintable() else text
        return coded if told == text else base64.b64encode(told.encode()).decode()


def _forms(secret: str) -> Iterator[str]:
    """As it may be written: in XML, in an address, in JSON."""
    inside = html.escape(secret, quote=False)
    attribute = inside.replace('"', "&quot;")
    quoted = (attribute.replace("'", each) for each in ("&apos;", "&#39;", "&#x27;"))
    for each in (secret, inside, attribute, *quoted):
        yield from (each, each.encode("ascii", "xmlcharrefreplace").decode())
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])


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


def tells_a_secret(text: str) -> bool:
    """Whether anything stands in it that is blanked whatever it says."""
    return Redaction().blanked(text) != text


def cookie(value: str) -> str:
    """A Set-Cookie that keeps its name and its attributes."""
    return _COOKIE.sub(rf"\1={BLANK}", value)
