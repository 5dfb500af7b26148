"""One operation of a published page: the contract's facts, our own words, and what the gateway adds."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from gateway.api.publishing.common import BODY, EVERY, TEXT, headers, json_of, parameter, refused, told
from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named

_SAYS = {
    ("get", False): "List {}",
    ("get", True): "Read one {}",
    ("post", False): "Create {}",
    ("patch", True): "Change one {}",
    ("put", True): "Replace one {}",
    ("delete", True): "Remove one {}",
}
_PARAMETERS: Mapping[tuple[str, bool], tuple[str, ...]] = {
    ("get", False): ("Fields", "Offset", "Limit", "Sort", "Filter"),
    ("get", True): ("Fields", "IfNoneMatch"),
    ("post", False): ("Fields", "IdempotencyKey", "Prefer", "Expect"),
    ("patch", True): ("Fields", "IfMatch", "IdempotencyKey", "Prefer", "Expect"),
    ("put", True): ("Fields", "IfMatch", "IdempotencyKey", "Prefer", "Expect"),
    ("delete", True): ("IfMatch", "IdempotencyKey", "Prefer", "Expect"),
}
_REFUSALS: Mapping[tuple[str, bool], tuple[int, ...]] = {
    ("get", False): (414, 416, 422),
    ("get", True): (404, 414, 422),
    ("post", False): (*BODY, 409, 414, 417, 422),
    ("patch", True): (*BODY, 404, 409, 412, 414, 417, 422, 428),
    ("put", True): (*BODY, 404, 409, 412, 414, 417, 422, 428),
    ("delete", True): (404, 409, 412, 417, 422, 428),
}
_PATCHES = {
    "application/json-patch+json": "JsonPatchDocument",
    "application/json-patch-query+json": "JsonPatchDocument",
}
_COMPARED = ("string", "integer", "number", "boolean")
_LISTED = ("X-Total-Count", "X-Result-Count", "Link", "X-As-Of", "X-Missing-Source")
_ONE = ("ETag", "X-As-Of", "X-Missing-Source")
_WRITTEN = ("ETag", "Idempotency-Replayed")


def tag(path: str) -> str:
    """The resource that a path is about: its last word."""
    return next(word for word in reversed(path.split("/")) if word and not word.startswith("{"))


def operation(contract: Contract, path: str, method: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    if "text/event-stream" in facts["responses"].get("200", {}).get("content", {}):
        return _stream(facts)
    kind = (method, path.endswith("}"))
    answers = _answers(kind, facts, inside="}/" in path)
    made: dict[str, Any] = {
        "operationId": facts.get("operationId") or f"{method}{tag(path)[0].upper()}{tag(path)[1:]}",
        "summary": _SAYS.get(kind, "Use {}").format(tag(path)),
        "tags": [tag(path)],
        "parameters": [*_in_path(path), *(parameter(name) for name in _PARAMETERS.get(kind, ()))],
        "responses": dict(sorted(answers.items())),
    }
    if kind == ("get", False):
        made["parameters"] += _declared(facts, made["parameters"])
        made["parameters"] += _conditions(contract, _listed(facts), made["parameters"])
    if "requestBody" in facts:
        made["requestBody"] = _body(method, facts["requestBody"]["content"])
    return made


def _stream(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The events of this API, live."""
    stream = {"description": "The events as they happen", "headers": headers(), **facts["responses"]["200"]}
    return {
        "operationId": facts["operationId"],
        "summary": "Follow the events",
        "tags": ["events"],
        "parameters": [*({**one, "required": False} for one in facts["parameters"]), parameter("LastEventId")],
        "responses": {"200": stream, **{str(status): refused(str(status)) for status in EVERY}},
    }


def event(path: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a listener is sent, and what it answers."""
    name = path.rpartition("/")[2]
    return {
        "operationId": facts.get("operationId", name),
        "summary": f"Told of {name}",
        "tags": ["events"],
        "requestBody": {"required": True, "content": dict(facts.get("requestBody", {}).get("content", {}))},
        "responses": {
            status: {"description": told(status), **answer}
            for status, answer in facts["responses"].items()
            if status.startswith("2")
        },
    }


def _answers(kind: tuple[str, bool], facts: Mapping[str, Any], *, inside: bool) -> dict[str, Any]:
    done = {status: answer for status, answer in facts["responses"].items() if status.startswith("2")}
    shown = {status: _shown(kind, status, answer) for status, answer in done.items()}
    match kind:
        case "get", False:
            shown["206"] = shown["200"] | {"description": told("206")}
        case "get", True:
            shown["304"] = {"description": told("304"), "headers": headers("ETag")}
        case ("post", False) | ("patch" | "put" | "delete", True):
            monitor = json_of({"$ref": "#/components/schemas/Monitor"})
            shown["202"] = {"description": told("202"), "headers": headers("Location"), **monitor}
    declared = {status for status in facts["responses"] if not status.startswith("2")}
    unknown = (HTTPStatus.NOT_FOUND.value,) if inside else ()
    added = {str(status) for status in (*EVERY, *unknown, *_REFUSALS.get(kind, ()))}
    return {**{status: refused(status) for status in declared | added}, **shown}


def _shown(kind: tuple[str, bool], status: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    carried = {"get": _ONE if kind[1] else _LISTED, "delete": ()}.get(kind[0], _WRITTEN)
    made: dict[str, Any] = {
        "description": told(status),
        "headers": headers(*carried, *(("Location",) if kind[0] == "post" else ())),
    }
    schema = answer.get("content", {}).get("application/json")
    return made | ({"content": {"application/json": schema}} if schema else {})


def _body(method: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A change may be spoken in four media types, whatever the contract names."""
    plain = content["application/json"]
    spoken = {"application/json": plain}
    if method == "patch":
        spoken["application/merge-patch+json"] = plain
        for media, name in _PATCHES.items():
            spoken[media] = {"schema": {"$ref": f"#/components/schemas/{name}"}}
    return {"required": True, "content": spoken}


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for word in path.split("/"):
        if word.startswith("{"):
            yield {"name": word.strip("{}"), "in": "path", "required": True, "schema": TEXT}


def _listed(facts: Mapping[str, Any]) -> str | None:
    """The type of the rows."""
    schema = facts["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
    return named(schema.get("items", {}))


_COMMON = {"fields", "offset", "limit", "sort", "filter"}


def _declared(facts: Mapping[str, Any], known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What this contract alone lets a list be asked with."""
    taken = _COMMON | {one.get("name") for one in known}
    return [
        {"name": one["name"], "in": "query", "required": False, "schema": {"type": one["schema"].get("type", "string")}}
        for one in facts.get("parameters", ())
        if one["in"] == "query" and one["name"] not in taken
    ]


def _conditions(contract: Contract, type: str | None, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plain attributes of the first level, by which a list can be filtered; deeper ones go by dotted paths."""
    taken = _COMMON | {one.get("name") for one in known}
    found = []
    for name, schema in contract.attributes(type).items() if type else ():
        facts = contract.resolved(schema)
        if facts.get("type") in _COMPARED and name not in taken:
            compared = {key: facts[key] for key in ("type", "format") if key in facts}
            found.append({"name": name, "in": "query", "required": False, "schema": compared})
    return found
