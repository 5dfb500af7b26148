"""Where private values stand in a message: known by the name beside them, whether XML, JSON or a query says it."""

import re
from collections.abc import Callable, Iterable

SECRETS = (
    r"[\w.-]*(?:pass[-_]?(?:word|wd|phrase|code)|pwd|secret|credentials?|(?:api|access|private|secret)[-_]?key)",
    r"[\w.-]*(?<!page)(?<!next)(?<!continuation)[-_]?token",
    r"[\w.-]*session[-_]?(?:id|key)|session",
    r"(?:[\w.-]*[-_.]|new|old|sim|user)?(?:pin|puk|otp|cvv|cvc|passwd|pass)",
    r"vouchers?[-_]?(?:identifier|code|number|pin|id)?",
    r"nonce|signature[-_]?value|assertion|authorization",
)
"""Names, in any case and with digits behind them. What they name is blanked."""
PERSONS = (
    r"(?:first|last|middle|given|family|sur|maiden|full|contact|holder)[-_]?name|forename",
    r"street[-_]?(?:name|address|line)?|(?:address|addr)[-_]?line|birth[-_]?(?:date|day|place)|date[-_]?of[-_]?birth|dob",
    r"passport\w*|(?:tax|ssn|national|identity)[-_]?(?:id|number|no)",
)
"""What they name becomes something else of the same kind."""
NUMBERS = (
    r"\w*msisdn|imsi|imei|iccid|subscriber\w*|\w*phone\w*|mobile\w*|fax\w*|calling\w*|called\w*|enduseridentifier",
)
"""Where they name digits, these are somebody's."""
_QUOTE = r"""(?:\\?["']|&quot;|&apos;|&\#3[49];)"""
_TEXT = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|(?<=>)\s*[^<\s][^<]*(?=<)|(?<=&gt;)\s*[^<&\s].*?(?=&lt;)", re.DOTALL
)
Change = Callable[[str], str]


class Named:
    """The values that have one of these names."""

    def __init__(self, names: Iterable[str]) -> None:
        name = rf"(?:{'|'.join(names)})[0-9]*"
        flags = re.IGNORECASE | re.DOTALL
        attributes = r"""(?:\s(?:[^<>"'&]|"[^"]*"|'[^']*'|&(?!gt;))*)?(?<!/)"""
        tag = rf"((?:[\w.-]+:)?{name}){attributes}"
        self._whole = re.compile(rf"(?:<|&lt;){tag}(?:>|&gt;).*?(?:<|&lt;)/\1\s*(?:>|&gt;)", flags)
        alone = rf"(?<![\w.:-])(?!xmlns:)(?:[\w.-]+:)?{name}"
        self._anywhere = re.compile(rf"(?<![\w.-]){name}(?![\w.-])", flags)
        places = (
            rf"<(?:[\w.-]+:)?{name}{attributes}>(?:<!\[CDATA\[)?([^<\]]+)",
            rf"&lt;(?:[\w.-]+:)?{name}{attributes}&gt;(.+?)(?=&lt;)",
            rf'{alone}{_QUOTE}?\s*[:=]\s*"((?:\\.|[^"\\])+)',
            rf"{alone}{_QUOTE}?\s*[:=]\s*'([^']+)",
            rf'{alone}{_QUOTE}?\s*[:=]\s*(?:\\"|&quot;|&\#34;)(.+?)(?:\\"|&quot;|&\#34;)',
            rf"""{alone}\s*=\s*([^\s"'<>&;?\#,|\\]+)""",
            rf"{alone}{_QUOTE}\s*:\s*(-?[0-9]+)",
            rf">\s*{name}\s*</[^<>]*>\s*<[^<>/][^<>]*(?<!/)>([^<]+)",
            rf"""=\s*["']{name}["'][^<>]*?\svalue\s*=\s*["']([^"']+)""",
            rf"""=\s*["']{name}["'][^<>]*(?<!/)>([^<]+)""",
        )
        self._places = [re.compile(place, flags) for place in places]

    def each(self, text: str, change: Change) -> str:
        """The text with each value changed, where it has a name of its own."""
        for place in self._places if self._anywhere.search(text) else ():
            text = place.sub(lambda found: _within(found, change), text)
        return text

    def all_text(self, text: str, change: Change) -> str:
        """The same, and whatever else is said inside of an element that has such a name."""
        inside = self._whole.sub(lambda found: _TEXT.sub(lambda each: change(each[0]), found[0]), text)
        return self.each(inside, change)


def _within(found: re.Match[str], change: Change) -> str:
    if not found[1].strip():
        return found[0]
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    return found[0][:start] + change(found[1]) + found[0][end:]
