"""Bodies that the official documents show: the v4 sample files, and the examples inside the v5 documents."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gateway.api.tmf630.contract import Contract

_PATCHES = ("json-patch", "event-stream")


class _Yaml(yaml.CSafeLoader):
    """Without timestamps: a date is text here, and one of them is the 30th of February."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def samples(official: Path, contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    """(type, body) of each v4 sample of an API."""
    for file in sorted((official / "samples" / contract.api).glob("*.json")):
        type = file.name.partition(".")[0]
        body = json.loads(file.read_text(encoding="utf-8"))
        if type in contract.schemas and isinstance(body, dict):
            yield type, body


def examples(official: Path, api: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(schema, body) of each body that an API's newest v5 document shows for one of its operations."""
    source = _document(max(official.glob(f"{api}-*-v5*.yaml")))
    seen = set()
    for item in source["paths"].values():
        for operation in item.values():
            if not isinstance(operation, dict):
                continue
            for answer in (operation.get("requestBody"), *operation.get("responses", {}).values()):
                for media, content in _target(source, answer or {}).get("content", {}).items():
                    schema = content.get("schema", {})
                    name = (schema.get("$ref") or schema.get("items", {}).get("$ref", "")).rpartition("/")[2]
                    for example in content.get("examples", {}).values():
                        value = _target(source, example).get("value")
                        if not name or any(kind in media for kind in _PATCHES):
                            continue
                        for body in value if isinstance(value, list) else [value]:
                            key = (name, json.dumps(body, sort_keys=True))
                            if isinstance(body, dict) and key not in seen:
                                seen.add(key)
                                yield name, body


@cache
def _document(file: Path) -> dict[str, Any]:
    source: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), _Yaml)
    return source


def _target(source: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = source
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return _target(source, found)
