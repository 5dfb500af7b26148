"""The OpenAPI 3.1 page of one version of one API: its contract, and what the gateway adds to it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.api.publishing import operations
from gateway.api.publishing.common import HEADERS, PARAMETERS, TEXT, json_of, refusal
from gateway.api.tmf630 import monitors
from gateway.api.tmf630.contract import Contract

_LISTENER = "/listener/"
_JSON_PATCH = {
    "type": "object",
    "required": ["op", "path"],
    "properties": {
        "op": {"type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"]},
        "path": {"type": "string"},
        "value": {},
        "from": {"type": "string"},
    },
}
_JSON_PATCH_DOCUMENT = {"allOf": [{"type": "array", "items": {"$ref": "#/components/schemas/JsonPatch"}}]}
"""An array inside allOf: generators of typed clients make a class of it, which tells it from a resource."""

_MONITOR = {"$ref": "#/components/schemas/Monitor"}
_MONITORS: Mapping[str, Any] = {
    "/monitor": {
        "get": {"operationId": "listMonitor", "responses": {"200": json_of({"type": "array", "items": _MONITOR})}}
    },
    "/monitor/{id}": {"get": {"operationId": "retrieveMonitor", "responses": {"200": json_of(_MONITOR)}}},
}
_EVENTS: Mapping[str, Any] = {
    "operationId": "followEvents",
    "parameters": [{"name": "query", "in": "query", "schema": TEXT}],
    "responses": {"200": {"content": {"text/event-stream": {"schema": TEXT}}}},
}


def title(contract: Contract) -> str:
    """Product catalog management."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", contract.name)
    return " ".join(words).lower().capitalize()


def openapi(contract: Contract, server: str) -> dict[str, Any]:
    """The page as a client sees it that comes by the path `server`."""
    paths = {path: _item(contract, path, methods) for path, methods in _served(contract).items()}
    added = {"JsonPatch": _JSON_PATCH, "JsonPatchDocument": _JSON_PATCH_DOCUMENT, monitors.TYPE: monitors.SCHEMA}
    schemas = {**added, **_named(contract.schemas)}
    schemas |= {name: _partial(schemas[name]) for name in changes(contract)}
    statuses = sorted({status for item in paths.values() for one in item.values() for status in _refusals(one)})
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{contract.api} {title(contract)}", "version": contract.release},
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in dict.fromkeys(operations.tag(path) for path in paths)],
        "paths": paths,
        "webhooks": dict(_webhooks(contract)),
        "components": {
            "schemas": schemas,
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": {status: refusal(status) for status in statuses},
        },
    }


def _served(contract: Contract) -> dict[str, Mapping[str, Any]]:
    """The contract's paths but the listeners', which are the clients' own; and what every API has here besides."""
    paths = {path: item for path, item in contract.paths.items() if not path.startswith(_LISTENER)}
    if contract.hub is not None:
        one = {"$ref": f"#/components/schemas/{contract.hub.type}"}
        hub, hubs = json_of(one), json_of({"type": "array", "items": one})
        paths["/hub"] = {"get": {"operationId": "listListener", "responses": {"200": hubs}}, **paths["/hub"]}
        paths["/hub/{id}"] = {
            "get": {"operationId": "retrieveListener", "responses": {"200": hub}},
            **paths.get("/hub/{id}", {}),
        }
    for path, facts in _MONITORS.items():
        paths.setdefault(path, facts)
    paths["/events"] = {"get": _EVENTS}
    return paths


def _item(contract: Contract, path: str, methods: Mapping[str, Any]) -> dict[str, Any]:
    return {method: operations.operation(contract, path, method, facts) for method, facts in methods.items()}


def _refusals(operation: Mapping[str, Any]) -> Iterator[str]:
    return (status for status, answer in operation["responses"].items() if "$ref" in answer)


def changes(contract: Contract) -> set[str]:
    """The schemas of changes alone: nothing is missed in them, whatever the document says."""
    resources = list(contract.resources.values())
    others = {name for resource in resources for name in (resource.type, resource.create, resource.replace)}
    return {resource.update for resource in resources if resource.update is not None} - others


def _partial(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is mandatory in a whole resource."""
    made = {key: value for key, value in schema.items() if key != "required"}
    if "allOf" in made:
        made["allOf"] = [part if "$ref" in part else _partial(part) for part in made["allOf"]]
    return made


def _named(value: Any) -> Any:
    """Schemas in which every choice declares the attribute it is made by: generators of clients ask for it.
    A uri may be a path, as every href is.
    """
    if isinstance(value, list):
        return [_named(inner) for inner in value]
    if not isinstance(value, Mapping):
        return value
    made = {key: _named(inner) for key, inner in value.items()}
    if made.get("format") == "uri":
        made["format"] = "uri-reference"
    if any("if" in part for part in made.get("allOf", ())) and "required" in made:
        made["properties"] = {**dict.fromkeys(made["required"], TEXT), **made.get("properties", {})}
    return made


def _webhooks(contract: Contract) -> Iterator[tuple[str, Any]]:
    """The events: what the gateway posts to `{callback}/listener/...`."""
    for path, methods in contract.paths.items():
        if path.startswith(_LISTENER):
            yield path.removeprefix(_LISTENER), {"post": operations.event(path, methods["post"])}
