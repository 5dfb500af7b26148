"""One resource as one version of its API serves it: what reading and writing it have in common."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from contracts.clock import Clock
from contracts.page import Condition
from gateway.api.tmf630.asking.fields import PATHS, Shown, read_fields
from gateway.api.tmf630.asking.personal import check_personal
from gateway.api.tmf630.asking.query import read_query
from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.forms.projection import Projection
from gateway.api.tmf630.forms.schema import Validators
from gateway.api.tmf630.forms.sense import nonsense
from gateway.api.tmf630.idempotency import Key, Running, nothing
from gateway.api.tmf630.jsonpath import read_path
from gateway.api.tmf630.rendering import Rendering
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.room import Asked, Room
from gateway.store.port import Document, Store

_CARRIED = ("id", "href", "@type")
"""What every row has, as what is mandatory, even where a document forgets to declare it."""


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """One resource, as one version of its API serves it; the hub is one as well."""

    contract: Contract
    resource: Resource
    room: Room
    projection: Projection
    rendering: Rendering
    validators: Validators
    store: Store
    clock: Clock
    guarded: bool = False
    """Whether a change or a removal needs an If-Match."""
    running: Running = field(default_factory=Running)

    def methods(self, *, item: bool) -> frozenset[str]:
        return self.resource.item if item else self.resource.collection

    def asked(self, request: Request, key: Key | None = None) -> Asked:
        return Asked(
            principal=request.principal,
            call=request.call,
            api=self.contract.api,
            version=self.contract.version,
            resource=self.resource.stored,
            remember=nothing if key is None else key.keep,
            parents=request.parents,
        )

    def shown(self, collection: str, document: Document) -> dict[str, Any]:
        """The body as this version shows it, under the path the client came by."""
        return self.rendering.shown(collection, document.id, document.body)

    def fields(self, written: str | None) -> Shown | None:
        if written is None:
            return None
        shown = read_fields(written, self.knows)
        for path in (shown and shown.get(PATHS)) or ():
            check_personal(read_path("fields", path).asked, self.contract)
        if shown is not None and "@type" in self.contract.mandatory(self.resource.type):
            shown["@type"] = None
        return shown

    @property
    def knows(self) -> Callable[[str], bool]:
        carried = {*_CARRIED, *self.contract.mandatory(self.resource.create or self.resource.type)}
        return lambda path: path in carried or self.projection.knows(self.resource.type, path)

    def stored_path(self, path: str) -> str:
        return self.projection.path(self.resource.type, path)

    def stored_condition(self, condition: Condition) -> Condition:
        """Where the stored form keeps what this version calls so, and by which values."""
        values, type = condition.values, self.resource.type
        if condition.operator == "eq":
            alike = (self.projection.alike(type, condition.path, value) for value in values)
            values = tuple(dict.fromkeys(value for found in alike for value in found))
        return replace(condition, path=self.stored_path(condition.path), values=values)

    @property
    def cursors(self) -> bool:
        """Whether its document has `before` and `after` for its list."""
        listing = self.contract.paths.get(f"/{self.resource.path}", {}).get("get", {})
        return any(parameter.get("name") == "after" for parameter in listing.get("parameters", ()))

    def is_list(self, path: str) -> bool:
        """Whether the contract has an array at this dotted path."""
        return (self.projection.declared(self.resource.type, path) or {}).get("type") == "array"

    def only_fields(self, request: Request) -> Shown | None:
        """What a request about one resource may say in its query."""
        asking = read_query(request.query)
        if asking.conditions or asking.paged or asking.filter is not None or asking.sort is not None:
            raise malformed("query.single", "one resource is asked with fields only")
        return self.fields(asking.fields)

    def check(self, schema: str, body: dict[str, Any], *, partial: bool = False) -> None:
        """Refuse a body that its contract does not allow, saying what is wrong first and the rest behind."""
        faults = self.validators.faults(schema, body, partial=partial) or nonsense(self.contract.api, body)
        if faults:
            raise Refused(HTTPStatus.BAD_REQUEST, "validation", faults[0], "; ".join(faults[1:]) or None)
