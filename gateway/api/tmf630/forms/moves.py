"""How a body goes from the version that a client speaks to the stored one and back, by data alone.

`contracts/tmf/moves.json` holds what is the same in every API, `contracts/tmf/<TMFnnn>/moves.json` what is its own and
goes before it:

    resources  a collection's name in the stored form            {"catalog": "productCatalog"}
    typed      the @type of a choice where nobody said which     {"PartyRefOrPartyRoleRef": "PartyRef"}
    types      by the older version's type, and by `Old > New` where one type became two:
      as       a resource's type in the stored form              "ProductCatalog"
      move     rename, or wrap by a dotted path                  {"constraint": "policy", "id": "partyOrPartyRole.id"}
               or into the first of a list                       {"externalId": "externalIdentifier.0.id"}
      unwrap   attributes of an object that rise to its parent;  {"characteristic": ["city", "emailAddress"]}
               what else the object has stays
      many     one of it in the older version, a list now        ["place"]
      values   enumeration, older to stored; two may become one  {"status": {"deceaded": "deceased"}}
      shows    what an older client sees of a newer value        {"state": {"suspended": "inactive"}}
      missed   what the older contract demands and nobody wrote: {"name": "partyOrPartyRole.id"}
               this is shown instead
      keep     stays where it is, undeclared by the stored form  ["value"]
      aside    has no home in the stored form: kept unseen       ["lifecycleStatus"]

Which type stands at an attribute is read from both contracts; an `@type` that names it is renamed with it. A value
that the stored form's enumeration lacks is kept aside. `Old > New` replaces `Old`, an API's own entry the shared one.
"""

from collections.abc import Mapping
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.pairs import Pair
from gateway.api.tmf630.forms.written import Written


class Moves:
    """All pairs of types that stand at the same place in the two versions of an API."""

    def __init__(self, older: Contract, stored: Contract) -> None:
        self.older = older
        self.stored = stored
        self._types: Mapping[str, Any] = older.moves.get("types", {})
        self._pairs: dict[tuple[str, str], Pair] = {}
        self._resources: dict[str, Pair] = {}
        self._written = Written()

    def of(self, type: str) -> "Pair":
        """The pair of a resource's type."""
        found = self._resources.get(type)
        if found is None:
            known = len(self._pairs)
            found = self._resources[type] = self.pair(type, self._types.get(type, {}).get("as", type))
            self._settle(list(self._pairs.values())[known:])
        return found

    def pair(self, older: str, stored: str) -> "Pair":
        found = self._pairs.get((older, stored))
        if found is None:
            found = self._pairs[older, stored] = Pair(older, stored, self.facts(older, stored), self._written)
            found.learn(self.older, self.inner, self.options)
        return found

    def _settle(self, fresh: list[Pair]) -> None:
        """Forget the way into types that are the same in both versions, with all that is inside them."""
        idle, before = list(self._pairs.values()), -1
        while len(idle) != before:
            before = len(idle)
            idle = [pair for pair in idle if pair.idle(idle)]
        for pair in fresh:
            pair.settle(idle)

    def facts(self, older: str, stored: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._types.get(f"{older} > {stored}", self._types.get(older, {}))
        return found

    def inner(self, schema: Mapping[str, Any], stored: str, path: str) -> "Pair | None":
        """The pair at an attribute of this schema that is stored under this path of a type."""
        older, newer = _type(schema), _type(schema_at(self.stored, stored, path) or {})
        if older is None or newer is None or not self.older.attributes(older):
            return None
        return self.pair(older, newer)

    def options(self, schema: Mapping[str, Any], stored: str, path: str) -> frozenset[str]:
        """The stored form's enumeration, where it is not the older one's."""
        older = self.older.resolved(schema).get("enum", ())
        newer = self.stored.resolved(schema_at(self.stored, stored, path) or {}).get("enum", ())
        return frozenset() if older and set(older) <= set(newer) else frozenset(newer)


def schema_at(contract: Contract, type: str, path: str) -> Mapping[str, Any] | None:
    """What a contract declares at a dotted path of a type; empty inside an object that declares nothing."""
    if type not in contract.schemas:
        return None
    schema: Mapping[str, Any] = contract.schemas[type]
    for step in path.split("."):
        schema = contract.resolved(schema)
        schema = contract.resolved(schema["items"]) if "items" in schema else schema
        attributes = dict(contract.properties(schema))
        for subtype in contract.subtypes(schema).values():
            attributes = {**contract.attributes(subtype), **attributes}
        if not attributes and schema.get("type", "object") == "object":
            return {}
        if step not in attributes:
            return None
        schema = attributes[step]
    return schema


def _type(schema: Mapping[str, Any]) -> str | None:
    return named(schema) or named(schema.get("items", {}))
