"""The laws of the one stored form, on every official body and on bodies made from the contracts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.api.tmf630.contract import Contract, Contracts
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.projection import ASIDE, Projection
from gateway.api.tmf630.forms.schema import Validators
from tests.api.official import examples, samples
from tests.edge import CONTRACTS

BOTH = sorted(path.parent.name for path in CONTRACTS.glob("TMF*/v4.json") if path.with_name("v5.json").is_file())
NEWER = sorted(path.parent.name for path in CONTRACTS.glob("TMF*/v5.json"))
QUICK = {"TMF620", "TMF632", "TMF666"}
OLDER = sorted(path.parent.name for path in CONTRACTS.glob("TMF*/v4.json"))


def test_official_v4_samples_are_themselves_in_every_form(contracts: Contracts, official: Path) -> None:
    checked = 0
    for api in OLDER:
        older = contracts.contract(api, "v4")
        same, moved = Projection(older, older), Projection(older, contracts.stored(api))
        for type, body in samples(official, older):
            assert same.stored(type, body) == body
            stored = moved.stored(type, body)
            assert _without_typing(moved.spoken(type, stored), body) == body, type
            assert moved.stored(type, moved.editable(type, stored)) == stored, type
            checked += 1
    assert checked >= 87


def test_what_valid_v4_samples_become_is_valid_v5(contracts: Contracts, official: Path) -> None:
    checked = 0
    for type, body, older, newer in _moving(contracts, official):
        if Validators(older).faults(type, body):
            continue
        stored = Projection(older, newer).stored(type, body)
        renamed = older.moves["types"].get(type, {}).get("as", type)
        shown = Projection(newer, newer).spoken(renamed, stored)
        assert Validators(newer).faults(renamed, shown) == [], type
        assert ASIDE not in str(shown)
        checked += 1
    assert checked >= 17


def test_filters_find_what_the_other_version_wrote(contracts: Contracts, official: Path) -> None:
    checked = 0
    for type, body, older, newer in _moving(contracts, official):
        if Validators(older).faults(type, body):
            continue
        projection = Projection(older, newer)
        stored = projection.stored(type, body)
        for path, value in _leaves(body):
            if projection.declared(type, path) is None:
                continue
            found = list(_at(stored, projection.path(type, path).split(".")))
            assert set(projection.alike(type, path, value)) & set(found) or value in found, (type, path)
            checked += 1
    assert checked >= 300


@pytest.mark.parametrize("api", NEWER)
def test_official_v5_examples_are_themselves(contracts: Contracts, official: Path, api: str) -> None:
    newer = contracts.contract(api, "v5")
    projection = Projection(newer, newer)
    bodies = [(name, body) for name, body in examples(official, api) if name in newer.schemas]
    assert bodies
    for name, body in bodies:
        assert projection.stored(name, body) == body
        assert projection.editable(name, body) == body


@pytest.mark.parametrize("api", BOTH)
def test_an_older_client_s_patch_of_nothing_changes_nothing(contracts: Contracts, official: Path, api: str) -> None:
    older, newer = contracts.contract(api, "v4"), contracts.contract(api, "v5")
    projection = Projection(older, newer)
    for type in _shared(older, newer):
        for name, body in examples(official, api):
            if name.removesuffix("_RES") == older.moves["types"].get(type, {}).get("as", type):
                assert projection.stored(type, projection.editable(type, body)) == body, type


@pytest.mark.parametrize("api", [pytest.param(api, marks=() if api in QUICK else pytest.mark.slow) for api in BOTH])
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # Shrinking bodies of this size takes the five minutes that it is allowed, for each API that fails.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(data=st.data())
def test_any_v4_body_comes_back_as_it_was(contracts: Contracts, api: str, data: st.DataObject) -> None:
    older, newer = contracts.contract(api, "v4"), contracts.contract(api, "v5")
    projection = Projection(older, newer)
    type = data.draw(st.sampled_from(sorted(resource.type for resource in older.resources.values())))
    body = data.draw(_bodies(older, type, 4))
    stored = projection.stored(type, body)
    assert _without_typing(projection.spoken(type, stored), body) == body
    assert projection.stored(type, projection.editable(type, stored)) == stored


def _moving(contracts: Contracts, official: Path) -> Iterator[tuple[str, dict[str, Any], Contract, Contract]]:
    for api in BOTH:
        older, newer = contracts.contract(api, "v4"), contracts.contract(api, "v5")
        for type, body in samples(official, older):
            if type in _shared(older, newer):
                yield type, body, older, newer


def _shared(older: Contract, newer: Contract) -> set[str]:
    return {resource.type for resource in older.resources.values() if resource.stored in newer.resources}


def _without_typing(shown: Any, sent: Any) -> Any:
    """What was shown, without what the contract makes mandatory and the client left out."""
    if isinstance(sent, list):
        return [_without_typing(*pair) for pair in zip(shown, sent, strict=True)]
    if not isinstance(sent, dict):
        return shown
    return {
        name: _without_typing(value, sent[name]) if name in sent else value
        for name, value in shown.items()
        if name in sent or name not in ("@type", "@referredType", "mediumType", "name")
    }


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, str) and "@type" not in path:
        yield path, value


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:])


_ANY = st.one_of(st.booleans(), st.integers(0, 9), st.text("ab", max_size=3))
_PLAIN = {
    "boolean": st.booleans(),
    "integer": st.integers(-5, 5),
    "number": st.integers(-5, 5),
    "string": st.sampled_from(["a", "2026-01-31T12:00:00Z", "change", "RelatedParty", "Catalog"]),
}
_EXTENSIONS = st.dictionaries(st.sampled_from(["xColour", "x-note", "über"]), _ANY, max_size=1)


def _bodies(contract: Contract, type: str, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a type with any of its attributes, and what its contract does not know."""
    attributes = contract.attributes(type)
    optional = {name: _values(contract, schema, depth - 1) for name, schema in attributes.items()}
    known = st.fixed_dictionaries({}, optional=optional)
    return st.builds(lambda body, extension: {**body, **extension}, known, _EXTENSIONS)


def _values(contract: Contract, schema: Any, depth: int) -> st.SearchStrategy[Any]:
    name = named(schema)
    if name is not None and contract.attributes(name):
        return st.deferred(lambda: _bodies(contract, name, depth)) if depth else st.just({})
    schema = contract.resolved(schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "array":
        return st.lists(_values(contract, schema["items"], depth), max_size=2) if depth else st.just([])
    return _PLAIN.get(schema.get("type"), _ANY)


@pytest.mark.slow
def test_official_v5_bodies_are_valid_where_their_type_decides(contracts: Contracts, official: Path) -> None:
    shown = valid = 0
    for api in NEWER:
        validators = Validators(contracts.contract(api, "v5"))
        for name, body in examples(official, api):
            shown += 1
            valid += not validators.faults(name, body, partial=name.endswith("_MVO"))
    assert shown >= 560
    assert valid >= shown * 529 // 567
