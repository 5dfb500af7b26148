"""The contract documents as the kernel asks them: which resources, which operations, which attributes, which events."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gateway.api.tmf630.contract.dialect import named

_EVENTS = ("CreateEvent", "AttributeValueChangeEvent", "StateChangeEvent", "DeleteEvent", "InformationRequiredEvent")
_ID = "/{id}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as one version of its API declares it."""

    api: str
    """TMF620."""
    version: str
    """v4."""
    name: str
    """productOffering, as in the path."""
    type: str
    """ProductOffering: its default @type."""
    stored: str
    """Its name in the stored form, where a newer version renamed it."""
    collection: frozenset[str]
    """Methods of the collection: GET, POST."""
    item: frozenset[str]
    """Methods of one resource: GET, PATCH, DELETE."""
    create: str | None
    """The schema of a POST."""
    update: str | None
    """The schema of a PATCH."""
    events: frozenset[str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What a new one gets where the client says nothing."""
    dated: frozenset[str] = frozenset()
    """Attributes that say when it was last written."""

    @property
    def kind(self) -> str:
        return f"{self.api}/{self.stored}"


@dataclass(frozen=True)
class Contract:
    """One version of one API."""

    api: str
    version: str
    bases: tuple[str, ...]
    paths: Mapping[str, Any]
    schemas: Mapping[str, Any]
    practice: Mapping[str, Any]
    """overrides.json: where practice is laxer than the contract, and what new resources get by default."""
    moves: Mapping[str, Any]
    """moves.json: how this API's versions differ."""

    @property
    def name(self) -> str:
        return self.bases[0].split("/")[-2]

    @property
    def types(self) -> Mapping[str, str]:
        """The `@type` of a choice where nobody said which."""
        found: Mapping[str, str] = self.practice.get("types", {})
        return found

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        names = {path.removesuffix(_ID).strip("/") for path in self.paths}
        found = (self._resource(name) for name in sorted(names) if "/" not in name and name != "hub")
        return {resource.name: resource for resource in found if resource is not None}

    @property
    def hub(self) -> Resource | None:
        """The listeners of this API; they can be read as well, whatever the document says."""
        hub = self._resource("hub")
        return hub and replace(hub, collection=hub.collection | {"GET"}, item=hub.item | {"GET"})

    def attributes(self, schema: str) -> Mapping[str, Any]:
        """The attributes of a type and of all it is made of."""
        found = self._attributes.get(schema)
        if found is None:
            found = self._attributes[schema] = self.properties(self.schemas.get(schema, {}))
        return found

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself where this one only refers to it."""
        name = named(schema)
        return schema if name is None else self.resolved(self.schemas.get(name, {}))

    def properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        schema = self.resolved(schema)
        found: dict[str, Any] = {}
        for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
            found |= self.properties(part.get("then", part))
        return found | dict(schema.get("properties", {}))

    def mandatory(self, schema: str) -> frozenset[str]:
        found = self._mandatory.get(schema)
        if found is None:
            found = self._mandatory[schema] = frozenset(self._required(self.schemas.get(schema, {})))
        return found

    @cached_property
    def _attributes(self) -> dict[str, Mapping[str, Any]]:
        return {}

    @cached_property
    def _mandatory(self) -> dict[str, frozenset[str]]:
        return {}

    def _required(self, schema: Mapping[str, Any]) -> Iterator[str]:
        schema = self.resolved(schema)
        yield from schema.get("required", ())
        for part in schema.get("allOf", ()):
            yield from self._required(part)

    def _resource(self, name: str) -> Resource | None:
        collection, item = self.paths.get(f"/{name}", {}), self.paths.get(f"/{name}{_ID}", {})
        type_ = (
            _answered(item.get("get", {}))
            or _answered(collection.get("post", {}))
            or _answered(collection.get("get", {}))
        )
        if type_ is None:
            return None
        attributes = self.attributes(type_)
        return Resource(
            api=self.api,
            version=self.version,
            name=name,
            type=type_,
            stored=self.moves.get("resources", {}).get(name, name),
            collection=frozenset(method.upper() for method in collection),
            item=frozenset(method.upper() for method in item),
            create=_asked(collection.get("post", {})),
            update=_asked(item.get("patch", {})),
            events=frozenset(type_ + event for event in _EVENTS if type_ + event in self.schemas),
            defaults=self.practice.get("defaults", {}).get(name, {}),
            dated=frozenset({"lastUpdate"} & attributes.keys()),
        )


class Contracts:
    """All imported contracts; the newest version of each API is the one its resources are stored in."""

    def __init__(self, contracts: Iterator[Contract] | list[Contract]) -> None:
        self._by_version = {(contract.api, contract.version): contract for contract in contracts}
        self._stored: dict[str, Contract] = {}
        self.kinds: dict[str, Resource] = {}
        for contract in sorted(self, key=lambda contract: int(contract.version[1:])):
            self._stored[contract.api] = contract
            self.kinds |= {resource.kind: resource for resource in contract.resources.values()}

    @classmethod
    def load(cls, contracts_dir: Path) -> "Contracts":
        """Read `<contracts_dir>/<TMFnnn>/v<major>.json`, each with its API's overrides and moves."""
        return cls([_load(path) for path in sorted(contracts_dir.glob("TMF*/v*.json"))])

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._by_version.values())

    def contract(self, api: str, version: str) -> Contract:
        return self._by_version[api, version]

    def stored(self, api: str) -> Contract:
        """The contract in whose shape this API's documents are kept."""
        return self._stored[api]

    def resource(self, kind: str) -> Resource:
        """`TMF620/productOffering` as its stored form declares it; KeyError when no contract does."""
        return self.kinds[kind]


def _load(path: Path) -> Contract:
    document = json.loads(path.read_text(encoding="utf-8"))
    practice, moves = _beside(path, "overrides.json"), _beside(path, "moves.json")
    schemas = document["components"]["schemas"]
    for lax in practice.get("optional", ()):
        if lax["version"] == path.stem:
            _loosen(schemas[lax["schema"]], lax["attributes"])
    newest = max(path.parent.glob("v*.json"), key=lambda version: int(version.stem[1:]))
    return Contract(
        api=path.parent.name,
        version=path.stem,
        bases=tuple(server["url"] for server in document["servers"]),
        paths=document["paths"],
        schemas=schemas,
        practice=practice,
        moves=moves if newest != path else {},
    )


def _loosen(schema: dict[str, Any], attributes: Collection[str]) -> None:
    """These attributes are no longer mandatory, whichever part of the schema says so."""
    for part in (schema, *schema.get("allOf", ())):
        if "required" in part:
            part["required"] = [name for name in part["required"] if name not in attributes]


def _beside(path: Path, name: str) -> dict[str, Any]:
    file = path.with_name(name)
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return loaded


def _answered(operation: Mapping[str, Any]) -> str | None:
    """The type that an operation answers with."""
    for status, answer in operation.get("responses", {}).items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if status.startswith("2") and (found := named(schema) or named(schema.get("items", {}))):
            return found
    return None


def _asked(operation: Mapping[str, Any]) -> str | None:
    content = operation.get("requestBody", {}).get("content", {})
    return named(content.get("application/json", {}).get("schema", {}))
