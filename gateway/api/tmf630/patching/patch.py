"""PATCH: four media types, each applied in the client's version and checked by the contract's own attribute lists."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.errors import malformed
from gateway.api.tmf630.forms.projection import ASIDE
from gateway.api.tmf630.patching.operations import Place, patched
from gateway.api.tmf630.patching.selection import IsList, query_patched
from gateway.api.tmf630.reading import check_size

IMMUTABLE = frozenset({"id", "href", "@type"})
_MERGED = ("application/merge-patch+json", "application/json")
_BY_POINTER = "application/json-patch+json"
_BY_QUERY = "application/json-patch-query+json"
PATCHES = (*_MERGED, _BY_POINTER, _BY_QUERY)
_JSON = msgspec.json.Encoder(decimal_format="number", order="sorted")

Patch = Callable[[dict[str, Any]], dict[str, Any]]


def read_patch(media: str, sent: Any, is_list: Callable[[str], bool]) -> Patch:
    """What a body of this media type does to a resource; refuses a body that is no patch."""
    if media in _MERGED:
        if not isinstance(sent, dict):
            raise malformed("json.object", "the body must be a JSON object")
        return lambda document: merged(document, sent)
    if media == _BY_POINTER:
        return lambda document: _resource(patched(document, sent))
    at: IsList = lambda place: is_list(_dotted(place))  # noqa: E731
    return lambda document: _resource(query_patched(document, sent, at))


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


def check_change(
    contract: Contract, resource: Resource, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """The attributes that a change touches; refuses one that a client may not change, by name."""
    update = contract.attributes(resource.update or resource.replace or resource.type)
    declared = contract.attributes(resource.type)
    mandatory = contract.mandatory(resource.create or resource.type)
    changed = [name for name in _names(before, after) if not same(before, after, name)]
    for name in changed:
        if name in IMMUTABLE or (name in declared and name not in update):
            raise malformed("patch.immutable", f"{name} cannot be changed by a client")
        if name not in after and name in mandatory:
            raise malformed("patch.mandatory", f"{name} is mandatory and cannot be removed")
    return changed


def same(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    """Whether an attribute is written alike on both sides: 12.1 is not 12.10, and true is not 1."""
    if name not in one or name not in other:
        return name not in one and name not in other
    return bool(one[name] == other[name]) and _JSON.encode(one[name]) == _JSON.encode(other[name])


def writable(contract: Contract, resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new body without what the contract does not let a client set: its id, its state where it is ours to say."""
    declared = contract.attributes(resource.type)
    create = contract.attributes(resource.create or resource.type)
    return {
        name: value
        for name, value in body.items()
        if name not in ("id", "href", ASIDE) and (name in create or name not in declared)
    }


def replaced(contract: Contract, resource: Resource, before: Mapping[str, Any], sent: Mapping[str, Any]) -> Any:
    """The whole body by another, but for what no client can change."""
    update = contract.attributes(resource.replace or resource.type)
    declared = contract.attributes(resource.type)
    kept = {
        name: value for name, value in before.items() if name in IMMUTABLE or (name in declared and name not in update)
    }
    return {**kept, **sent}


def _resource(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise malformed("json.object", "a patched resource must be a JSON object")
    check_size(document)
    return document


def _names(before: Iterable[str], after: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys((*before, *after))


def _dotted(place: Place) -> str:
    return ".".join(step for step in place if isinstance(step, str))


def unsaid(contract: Contract, resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body keeps when a client says it anew: its identity, and what is not the client's to say."""
    declared = contract.attributes(resource.type)
    said = contract.attributes(resource.replace or resource.type).keys() - resource.dated - resource.stamped
    return {
        name: value
        for name, value in body.items()
        if name in IMMUTABLE or name == ASIDE or (name in declared and name not in said)
    }
