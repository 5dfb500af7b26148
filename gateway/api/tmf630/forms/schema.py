"""Validation by contract: what is wrong with a body, by path and rule, without repeating what the client sent."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

import jsonschema_rs

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.polymorphism import deciding, named_type
from gateway.api.tmf630.forms.strict import strangers
from gateway.api.tmf630.forms.types import Kinds

_REPORTED = 10
_LISTED = 20
_FRACTION = Decimal("0.1")


def _anything(_text: str) -> bool:
    return True


_FORMATS = {"uri": _anything, "base64": _anything}
"""Officially declared and not held by practice; dates and times are checked."""


class Validators:
    """Compiled on first use, one for each schema of a contract."""

    def __init__(self, contract: Contract, *, strict: bool = False) -> None:
        self._kinds = Kinds(contract) if strict else None
        self._schemas = contract.schemas
        self._called = {entry["name"]: entry["type"] for entry in contract.practice.get("called", ())}
        self._compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}

    @cached_property
    def _components(self) -> dict[str, Any]:
        return {"schemas": deciding(self._schemas, self._called)}

    def faults(self, schema: str, body: Any, *, partial: bool = False) -> list[str]:
        """What breaks the schema, at most ten of it; of a partial body nothing is missed at the top."""
        validator = self._compiled.get(schema)
        if validator is None:
            validator = self._compiled[schema] = jsonschema_rs.Draft202012Validator(
                {**named_type(self._schemas, schema, self._called), "components": self._components},
                validate_formats=True,
                formats=_FORMATS,
            )
        body = _with_fractions(body)
        if validator.is_valid(body):
            return [] if self._kinds is None else list(_first(strangers(self._kinds.of(schema), body), _REPORTED))
        found = (_said(error) for error in validator.iter_errors(body) if not (partial and _missing_at_top(error)))
        return list(dict.fromkeys(_first(found, _REPORTED)))


def _with_fractions(value: Any) -> Any:
    """What was written with decimals is no integer, although JSON Schema takes 1.0 for one."""
    if isinstance(value, dict):
        return {name: _with_fractions(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_fractions(item) for item in value]
    whole = isinstance(value, Decimal) and value == value.to_integral_value()
    if not whole:
        return value
    # Towards zero, so that no limit is crossed.
    return value - _FRACTION if value > 0 else value + _FRACTION


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
        case "enum" if len(facts["options"]) > _LISTED:
            return f"{path} must be one that the contract knows"
        case "enum":
            return f"{path} must be one of {', '.join(str(option) for option in facts['options'])}"
        case "format":
            return f"{path} must be a {facts['format']}"
        case rule:
            return f"{path or 'the body'} breaks the rule {rule}"
