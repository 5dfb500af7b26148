"""Makes a contract document from an official Swagger 2.0 or OpenAPI 3.0 file that the user has."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from gateway.api.tmf630.contract.dialect import named, normalised

_METHODS = ("get", "post", "patch", "put", "delete")


class NotAContract(ValueError):
    """The file is not an official document that can be imported; the message says why."""


class _Yaml(yaml.CSafeLoader):
    """Without timestamps: an official file holds the 30th of February."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def import_contract(official: Path, contracts_dir: Path) -> Path:
    """Write `<contracts_dir>/<TMFnnn>/v<major>.json` from an official file, and return where it was written."""
    source = read_official(official)
    api, release = identity(official, source)
    major = release.split(".")[0]
    document = {
        "openapi": "3.1.0",
        "info": {"title": api, "version": release},
        "servers": [{"url": _base(official, source, major)}],
        "paths": {path: item for path, item in _paths(source) if item},
        "components": {"schemas": {name: normalised(schema) for name, schema in sorted(_schemas(source).items())}},
    }
    target = contracts_dir / api / f"v{major}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_text(document), encoding="utf-8")
    return target


def import_all(folder: Path, contracts_dir: Path) -> list[Path]:
    """Import, of every API and major version that `contracts_dir` holds, the newest official file in `folder`."""
    newest: dict[Path, tuple[list[int], Path]] = {}
    for official in sorted(folder.glob("*TMF*")):
        if official.suffix not in (".json", ".yaml", ".yml"):
            continue
        api, release = identity(official, read_official(official))
        target = contracts_dir / api / f"v{release.split('.')[0]}.json"
        # Of two files with one release the one whose name says more is an addition to the other.
        rank = [*map(int, release.split(".")), len(official.stem)]
        if target.is_file() and rank > newest.get(target, ([], official))[0]:
            newest[target] = rank, official
    return [import_contract(official, contracts_dir) for _, official in newest.values()]


def read_official(official: Path) -> dict[str, Any]:
    text = official.read_text(encoding="utf-8")
    try:
        source = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Yaml)  # noqa: S506 - a safe loader
    except (ValueError, yaml.YAMLError) as error:
        raise NotAContract(f"{official.name} is neither JSON nor YAML: {error}") from error
    if (
        not isinstance(source, dict)
        or not isinstance(source.get("paths"), dict)
        or not isinstance(source.get("info"), dict)
    ):
        raise NotAContract(f"{official.name} is no Swagger 2.0 or OpenAPI 3.0 document: it has no paths or no info")
    return source


def identity(official: Path, source: Mapping[str, Any]) -> tuple[str, str]:
    """TMF620 and 4.1.0. The file's name comes first: `info.version` is wrong in several official files."""
    info = source["info"]
    api = re.search(r"TMF[_ -]?(\d{3})", f"{official.name} {info.get('title')} {info.get('description')}")
    if api is None:
        raise NotAContract(f"{official.name}: neither its name nor its title says which TMF API it is (TMF620-...)")
    release = re.search(r"[vV](\d+(?:\.\d+)*)", official.stem) or re.search(
        r"(\d+(?:\.\d+)*)", str(info.get("version"))
    )
    if release is None:
        raise NotAContract(f"{official.name}: neither its name nor info.version says which release it is (-v4.1.0)")
    return f"TMF{api[1]}", release[1]


def _base(official: Path, source: Mapping[str, Any], major: str) -> str:
    """The document's own base path; where it has none, the one its title suggests."""
    server = (source.get("servers") or [{"url": source.get("basePath", "")}])[0]
    url = re.sub(r"\{(\w+)\}", lambda variable: str(server["variables"][variable[1]]["default"]), server["url"])
    own = urlsplit(url).path.rstrip("/")
    if own:
        return own
    title = re.sub(r"TMF\d+|\bAPI\b", "", str(source["info"].get("title") or official.stem))
    words = re.findall(r"[A-Za-z]+", title)
    if not words:
        raise NotAContract(f"{official.name}: neither its server path nor its title names the API")
    return f"/tmf-api/{words[0][0].lower()}{words[0][1:]}{''.join(w[0].upper() + w[1:] for w in words[1:])}/v{major}"


def _schemas(source: Mapping[str, Any]) -> Mapping[str, Any]:
    found = source.get("definitions") or source.get("components", {}).get("schemas") or {}
    return found if isinstance(found, Mapping) else {}


def _paths(source: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in source["paths"].items():
        yield path, {method: _operation(source, operation) for method, operation in item.items() if method in _METHODS}


def _operation(source: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [_target(source, parameter) for parameter in operation.get("parameters", [])]
    facts: dict[str, Any] = {}
    if operation.get("operationId"):
        facts["operationId"] = operation["operationId"]
    declared = [
        {"name": parameter["name"], "in": parameter["in"], "schema": normalised(parameter.get("schema") or parameter)}
        for parameter in parameters
        if parameter.get("in") in ("query", "path", "header")
    ]
    if declared:
        facts["parameters"] = declared
    body = next((p.get("schema") for p in parameters if p.get("in") == "body"), None)
    content = (
        {"application/json": {"schema": body}} if body else _target(source, operation.get("requestBody")).get("content")
    )
    if content:
        facts["requestBody"] = {"content": _content(content)}
    facts["responses"] = {
        str(status): _response(_target(source, answer)) for status, answer in operation.get("responses", {}).items()
    }
    return facts


def _response(answer: Mapping[str, Any]) -> dict[str, Any]:
    content = answer.get("content") or (
        {"application/json": {"schema": answer["schema"]}} if "schema" in answer else {}
    )
    return {"content": _content(content)} if content else {}


def _content(content: Mapping[str, Any]) -> dict[str, Any]:
    return {media.split(";")[0]: {"schema": normalised(value.get("schema"))} for media, value in content.items()}


def _target(source: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """What a reference of the document's own (a parameter, a response, a body) points to."""
    if not isinstance(part, Mapping):
        return {}
    if named(part) is None:
        return part
    found: Any = source
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found.get(step, {}) if isinstance(found, Mapping) else {}
    return _target(source, found)


def _text(document: Mapping[str, Any]) -> str:
    """JSON with one path and one schema per line, so that differences between releases read well."""
    sections = [
        *(f'"{key}": {json.dumps(document[key])}' for key in ("openapi", "info", "servers")),
        '"paths": ' + _lines(document["paths"]),
        '"components": {"schemas": ' + _lines(document["components"]["schemas"]) + "}",
    ]
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _lines(entries: Mapping[str, Any]) -> str:
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()) + "\n}"
