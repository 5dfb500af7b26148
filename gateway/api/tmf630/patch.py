"""PATCH: RFC 7396, applied in the client's version and checked by the contract's own attribute lists."""

from collections.abc import Mapping
from typing import Any

from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.errors import malformed
from gateway.api.tmf630.projection import ASIDE

IMMUTABLE = frozenset({"id", "href", "@type"})


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def check_patch(
    contract: Contract, resource: Resource, shown: Mapping[str, Any], patch: Mapping[str, Any]
) -> dict[str, Any]:
    """The patch without what changes nothing; refuses a change of what a client may not write, by name."""
    update = contract.attributes(resource.update or resource.type)
    declared = contract.attributes(resource.type)
    mandatory = contract.mandatory(resource.create or resource.type)
    after = merged(shown, patch)
    changes = {name: value for name, value in patch.items() if after.get(name) != shown.get(name)}
    for name, value in changes.items():
        if name in IMMUTABLE or (name in declared and name not in update):
            raise malformed("patch.immutable", f"{name} cannot be changed by a client")
        if value is None and name in mandatory:
            raise malformed("patch.mandatory", f"{name} is mandatory and cannot be removed")
    return changes


def writable(contract: Contract, resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new body without what the contract does not let a client set: its id, its state where it is ours to say."""
    declared = contract.attributes(resource.type)
    create = contract.attributes(resource.create or resource.type)
    return {
        name: value
        for name, value in body.items()
        if name not in ("id", "href", ASIDE) and (name in create or name not in declared)
    }
