"""What one version of an API wrote is valid by the contract of the other, whichever of the two wrote it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.api.tmf630.contract import Contract, Contracts, Resource
from gateway.api.tmf630.forms.schema import Validators
from tests.api.official import examples, samples
from tests.conformance.test_resources import least
from tests.edge import CONTRACTS, Build, speaking_to

BOTH = sorted(path.parent.name for path in CONTRACTS.glob("TMF*/v4.json") if path.with_name("v5.json").is_file())
BOTH.remove("TMF672")
"""Its versions have no resource in common."""
QUICK = {"TMF620", "TMF632", "TMF666"}
EACH = [pytest.param(api, marks=() if api in QUICK else pytest.mark.slow) for api in BOTH]


@pytest.mark.parametrize("api", EACH)
@pytest.mark.parametrize("writer", ["v4", "v5"])
async def test_what_one_version_wrote_the_other_shows_validly(
    contracts: Contracts, official: Path, build: Build, api: str, writer: str
) -> None:
    writing = contracts.contract(api, writer)
    reading = contracts.contract(api, {"v4": "v5", "v5": "v4"}[writer])
    validators, taken, wrong = Validators(reading), 0, []
    async with speaking_to(build(served=Contracts([writing, reading]))) as client:
        for resource, other, body in _bodies(official, writing, reading):
            created = await client.post(f"{writing.bases[0]}/{resource.name}", json=body)
            if created.status_code != 201:
                continue
            taken += 1
            shown = await client.get(f"{reading.bases[0]}/{other.name}/{created.json()['id']}")
            assert shown.status_code == 200, shown.text
            wrong += [(resource.name, fault) for fault in validators.faults(other.type, shown.json())]
    assert taken
    assert wrong == []


def _bodies(
    official: Path, writing: Contract, reading: Contract
) -> Iterator[tuple[Resource, Resource, dict[str, Any]]]:
    """The least that can be written of each resource that both versions have, and what the official documents show."""
    others = {resource.stored: resource for resource in reading.resources.values() if resource.within is None}
    shown = list(samples(official, writing) if writing.version == "v4" else examples(official, writing.api))
    for resource in writing.resources.values():
        if resource.create is None or resource.stored not in others:
            continue
        yield resource, others[resource.stored], _naming(least(writing, resource))
        for type, body in shown:
            # Two official carts write `PartyOrPartyRole`, so that nobody is their party.
            if type in (resource.create, resource.type) and "'PartyOrPartyRole':" not in str(body):
                attributes = {*writing.attributes(resource.create), *(body.keys() - writing.attributes(resource.type))}
                said = {name: value for name, value in body.items() if name in attributes}
                yield resource, others[resource.stored], said


def _naming(value: Any) -> Any:
    """What refers to somebody says to whom: v5 lets a reference refer to nobody, and v4 has no way to show it."""
    if isinstance(value, list):
        return [_naming(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = {name: _naming(inner) for name, inner in value.items()}
    if str(value.get("@type")).startswith("RelatedParty"):
        named.setdefault("partyOrPartyRole", {"@type": "PartyRef"})
    if isinstance(named.get("partyOrPartyRole"), dict):
        named["partyOrPartyRole"].setdefault("id", "x")
    if str(value.get("@type")).endswith("Ref"):
        named.setdefault("id", "x")
    return named
