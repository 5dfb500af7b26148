"""What a test class states about its recordings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from banyan.kit.fingerprint import VOLATILE
from banyan.kit.recordings import Rules
from banyan.kit.redaction import Redaction

SHORTEST = 10
"""Digits of a number that may be somebody's."""


def folder_of(facts: type[Any]) -> Path:
    folder: Path = facts.manifest.parent / "tests" / "cassettes"
    return folder


def rules_of(facts: type[Any], test: str, endpoint: str) -> Rules:
    volatile = VOLATILE | {name.lower() for name in getattr(facts, "volatile_elements", ())}
    redaction = Redaction(
        personal=(*facts().personal(), *_numbers(facts)),
        known=_secrets(facts.config(endpoint)),
        secrets=getattr(facts, "private_elements", ()),
    )
    return Rules(folder_of(facts), f"{facts.__name__}::{test}", redaction, volatile)


def _secrets(config: Any) -> Iterator[str]:
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, SecretStr):
            yield value.get_secret_value()


def _numbers(facts: type[Any]) -> Iterator[str]:
    """The long ones among its facts: recordings have others in their place."""
    for name in dir(facts):
        value = getattr(facts, name)
        if isinstance(value, str) and value.isdigit() and len(value) >= SHORTEST:
            yield value
