"""Texts that match a pattern of XML Schema, whose expressions differ a little from Python's."""

from dataclasses import dataclass
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

_DOT = ascii_letters + digits
_ESCAPED = {
    "d": digits,
    "w": ascii_letters + digits,
    "s": " ",
    "S": _DOT,
    "D": ascii_letters,
    "W": "-",
    "i": ascii_letters + "_",
    "c": ascii_letters + digits + "-._",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_CATEGORIES = {"L": ascii_letters, "Lu": ascii_uppercase, "Ll": ascii_lowercase, "N": digits, "Nd": digits}
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def matching(pattern: str, dice: Random, longest: int = 3) -> str:
    """One text, in which what may come any number of times comes at most `longest` times.

    Raises ValueError for what is unknown here.
    """
    return _Pattern(pattern, dice, longest).text()


@dataclass
class _Pattern:
    source: str
    dice: Random
    longest: int
    at: int = 0

    def text(self) -> str:
        said = self._alternatives()
        if self.at < len(self.source):
            raise ValueError(f"an unknown pattern: {self.source}")
        return said

    def _alternatives(self) -> str:
        found = [self._branch()]
        while self._next("|"):
            found.append(self._branch())
        return self.dice.choice(found)

    def _branch(self) -> str:
        said = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            start = self.at
            one = self._atom()
            low, high = self._quantity()
            end = self.at
            times = self.dice.randint(low, high)
            for again in range(times):
                if again:
                    self.at = start
                    one = self._atom()
                said.append(one)
            self.at = end
        return "".join(said)

    def _atom(self) -> str:
        char = self._take()
        if char == "(":
            said = self._alternatives()
            if not self._next(")"):
                raise ValueError(f"an unknown pattern: {self.source}")
            return said
        if char == "[":
            return self.dice.choice(self._class())
        if char == ".":
            return self.dice.choice(_DOT)
        return self.dice.choice(self._escape()) if char == "\\" else char

    def _class(self) -> str:
        without = self._next("^")
        chosen = ""
        while not self._next("]"):
            char = self._take()
            if char == "\\":
                chosen += self._escape()
            elif self._range_follows():
                self.at += 1
                last = ord(self._take().replace("\\", "") or self._take())
                chosen += "".join(map(chr, range(ord(char), min(last, ord(char) + 100) + 1)))
            else:
                chosen += char
        return "".join(c for c in _PRINTABLE if c not in chosen) if without else chosen

    def _range_follows(self) -> bool:
        return self.source[self.at : self.at + 1] == "-" and self.source[self.at + 1 : self.at + 2] not in (
            "]",
            "[",
            "",
        )

    def _escape(self) -> str:
        char = self._take()
        if char in "pP":
            end = self.source.index("}", self.at)
            name, self.at = self.source[self.at + 1 : end], end + 1
            if char == "P" or name not in _CATEGORIES:
                raise ValueError(f"an unknown pattern: {self.source}")
            return _CATEGORIES[name]
        return _ESCAPED.get(char, char)

    def _quantity(self) -> tuple[int, int]:
        if self._next("?"):
            return 0, 1
        if self._next("*"):
            return 0, self.longest
        if self._next("+"):
            return 1, max(1, self.longest)
        if not self._next("{"):
            return 1, 1
        end = self.source.index("}", self.at)
        low, comma, high = self.source[self.at : end].partition(",")
        self.at = end + 1
        return int(low), int(high) if high else int(low) + (self.longest if comma else 0)

    def _next(self, char: str) -> bool:
        found = self.source[self.at : self.at + 1] == char
        self.at += found
        return found

    def _take(self) -> str:
        if self.at >= len(self.source):
            raise ValueError(f"an unknown pattern: {self.source}")
        self.at += 1
        return self.source[self.at - 1]
