"""Regular expressions from outside: searched in linear time, whatever they say."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

_LITERAL = re.compile(r"\^([\w /:@-]+)(?![*?{])", re.ASCII)


@lru_cache(maxsize=256)
def searched(pattern: str, *, ignore_case: bool = False) -> Any:
    """The compiled pattern, to be found anywhere in a text unless it holds ^ or $; ValueError when it is none."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError("no regular expression") from error


def finder(pattern: str) -> Callable[[str], bool]:
    search = searched(pattern).search
    return lambda text: search(text) is not None


def beginning(pattern: str) -> str:
    """What every text that meets it begins with, as far as the pattern says so in plain characters."""
    literal = None if "|" in pattern else _LITERAL.match(pattern)
    return literal[1] if literal else ""
