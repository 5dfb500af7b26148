"""Validation by contract: what is wrong with a body, by path and rule, without repeating what the client sent."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from gateway.api.tmf630.contract import Contract

_REPORTED = 10


def _anything(_text: str) -> bool:
    return True


_FORMATS = {"uri": _anything, "base64": _anything}
"""Officially declared and not held by practice; dates and times are checked."""


class Validators:
    """Compiled on first use, one for each schema of a contract."""

    def __init__(self, contract: Contract) -> None:
        self._components = {"schemas": contract.schemas}
        self._compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def faults(self, schema: str, body: Any, *, partial: bool = False) -> list[str]:
        """What breaks the schema, at most ten of it; of a partial body nothing is missed at the top."""
        validator = self._compiled.get(schema)
        if validator is None:
            validator = self._compiled[schema] = jsonschema_rs.Draft202012Validator(
                {"$ref": f"#/components/schemas/{schema}", "components": self._components},
                validate_formats=True,
                formats=_FORMATS,
            )
        if validator.is_valid(body):
            return []
        found = (_said(error) for error in validator.iter_errors(body) if not (partial and _missing_at_top(error)))
        return list(dict.fromkeys(_first(found, _REPORTED)))


def _missing_at_top(error: jsonschema_rs.ValidationError) -> bool:
    return error.kind.name == "required" and not error.instance_path


def _first(found: Iterator[str], count: int) -> Iterator[str]:
    for _, said in zip(range(count), found, strict=False):
        yield said


def _said(error: jsonschema_rs.ValidationError) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path).lstrip(".")
    facts = error.kind.as_dict()
    match error.kind.name:
        case "required":
            return f"{path}.{facts['property']} is mandatory".lstrip(".")
        case "type":
            return f"{path or 'the body'} must be of type {' or '.join(facts['types'])}"
        case "enum":
            return f"{path} must be one of {', '.join(str(option) for option in facts['options'])}"
        case "format":
            return f"{path} must be a {facts['format']}"
        case rule:
            return f"{path or 'the body'} breaks the rule {rule}"
