"""The contract documents as the kernel asks them: which resources, which operations, which attributes, which events."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from gateway.api.tmf630.contract.dialect import named

_EVENTS = (
    "CreateEvent", "AttributeValueChangeEvent", "StateChangeEvent", "StatusChangeEvent", "DeleteEvent",
    "InformationRequiredEvent",
)  # fmt: skip
_ID = "/{id}"
_PLACE = re.compile(r"/[^/]+(/\{[^/]+\}/[^/]+)?")
_DATED = frozenset({"lastUpdate", "lastModified", "lastModifiedTime"})
_SAID = ("defaults", "stamped", "turned")
_ANSWERED = "_RES"
"""How three documents mark the type of an answer; it is no part of the type's name."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as one version of its API declares it."""

    api: str
    """TMF620."""
    version: str
    """v4."""
    name: str
    """productOffering, as at the end of the path."""
    type: str
    """ProductOffering: its default @type."""
    stored: str
    """Its name in the stored form, where a newer version renamed it."""
    collection: frozenset[str]
    """Methods of the collection: GET, POST."""
    item: frozenset[str]
    """Methods of one resource: GET, PATCH, PUT, DELETE."""
    create: str | None
    """The schema of a POST."""
    update: str | None
    """The schema of a PATCH."""
    replace: str | None
    """The schema of a PUT."""
    events: frozenset[str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What a new one gets where the client says nothing."""
    dated: frozenset[str] = frozenset()
    """Attributes that say when it was last written."""
    stamped: frozenset[str] = frozenset()
    """Attributes that say when it was created, unless its creator says otherwise."""
    turned: frozenset[str] = frozenset()
    """Attributes that say when its state last changed."""
    within: str | None = None
    """The resource in whose path this one lies: processFlow, of processFlow/{id}/taskFlow."""

    @property
    def kind(self) -> str:
        return f"{self.api}/{self.stored}"

    @property
    def path(self) -> str:
        """Its collection below the base path, with {} for the id of what it lies within."""
        return self.name if self.within is None else f"{self.within}/{{}}/{self.name}"


@dataclass(frozen=True)
class Contract:
    """One version of one API."""

    api: str
    version: str
    release: str
    """4.1.0."""
    bases: tuple[str, ...]
    """Where it is served: the canonical base path first, then its aliases."""
    paths: Mapping[str, Any]
    schemas: Mapping[str, Any]
    practice: Mapping[str, Any]
    """overrides.json: where practice differs from the contract, and what new resources get by default."""
    moves: Mapping[str, Any]
    """moves.json, of all APIs and its own: how this API's versions differ."""

    @property
    def name(self) -> str:
        return self.bases[0].split("/")[-2]

    @cached_property
    def types(self) -> Mapping[str, str]:
        """The `@type` of a choice where nobody said which."""
        return {**self.moves.get("typed", {}), **self.practice.get("types", {})}

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        places = {path.removesuffix(_ID) for path in self.paths if path.split("/")[1] != "hub"}
        found = (self._resource(place) for place in sorted(places) if _PLACE.fullmatch(place))
        return {resource.name: resource for resource in found if resource is not None}

    @property
    def hub(self) -> Resource | None:
        """The listeners of this API; they can be read as well, whatever the document says."""
        hub = self._resource("/hub")
        return hub and replace(hub, collection=hub.collection | {"GET"}, item=hub.item | {"GET"})

    @property
    def hub_nouns(self) -> Iterator[Resource]:
        """What lies within a listener: its deliveries and replays."""
        for place in sorted({path.removesuffix(_ID) for path in self.paths if path.startswith("/hub/{")} - {"/hub"}):
            if (found := self._resource(place)) is not None:
                yield found

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

    def subtypes(self, schema: Mapping[str, Any]) -> dict[str, str]:
        """The schema of each `@type` that may stand where this schema is declared."""
        mapping: Mapping[str, str] = self.resolved(schema).get("discriminator", {}).get("mapping", {})
        return {value: target.rsplit("/", 1)[-1] for value, target in mapping.items()}

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

    def _resource(self, place: str) -> Resource | None:
        collection, item = self.paths.get(place, {}), self.paths.get(place + _ID, {})
        answered = (
            _answered(item.get("get", {}))
            or _answered(collection.get("post", {}))
            or _answered(collection.get("get", {}))
        )
        if answered is None:
            return None
        type_ = answered.removesuffix(_ANSWERED)
        within, _, name = place.strip("/").rpartition("/")
        said = {key: entries.get(name, ()) for key, entries in self.practice.items() if key in _SAID}
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
            replace=_asked(item.get("put", {})),
            events=frozenset(type_ + event for event in _EVENTS if type_ + event in self.schemas),
            defaults=dict(said.get("defaults", ())),
            dated=_DATED & self.attributes(type_).keys(),
            stamped=frozenset(said.get("stamped", ())) | frozenset(said.get("turned", ())),
            turned=frozenset(said.get("turned", ())),
            within=within.partition("/")[0] or None,
        )


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
