"""The official v4 samples: what is valid by its contract can be created, and is read back as it was written."""

import json
from pathlib import Path

import pytest

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.forms.schema import Validators
from tests.edge import SERVED, Build, speaking_to
from tests.shared import SHARED

SAMPLES = SHARED / "tmf" / "samples"
FILES = sorted(SAMPLES.glob("TMF*/*.json"))
READ_BACK_AT_LEAST = 40
OURS = {"id", "href", "lastUpdate", "lastModified"}
BEHIND = ("TMF640/service",)


def posted(file: Path) -> tuple[str, dict[str, object]] | str:
    """Where a sample is posted and what of it a client may say; or why it is not posted."""
    api, type = file.parent.name, file.name.split(".")[0]
    contract = next((each for each in SERVED if (each.api, each.version) == (api, "v4")), None)
    if contract is None:
        return f"{api} v4 is not served"
    resource = next((each for each in contract.resources.values() if each.type == type), None)
    if resource is None or resource.create is None or resource.within is not None or resource.kind in BEHIND:
        return f"{api} has no POST of {type} that is done at once"
    sample = json.loads(file.read_text())
    if not isinstance(sample, dict):
        return f"{file.name} is a list"
    own, declared = contract.attributes(resource.create), contract.attributes(resource.type)
    said = {name: value for name, value in sample.items() if name in own or name not in declared}
    faults = Validators(contract).faults(resource.create, said)
    return f"invalid by its own contract: {faults[0]}" if faults else (f"{contract.bases[0]}/{resource.name}", said)


async def test_valid_samples_are_read_back_as_they_were_written(contracts: Contracts, build: Build) -> None:
    if not FILES:
        pytest.skip("the official samples are not here")
    told = [(file, posted(file)) for file in FILES]
    read_back = 0
    async with speaking_to(build(served=Contracts([each for each in contracts if each.version == "v4"]))) as client:
        for file, found in told:
            if isinstance(found, str):
                continue
            path, said = found
            created = await client.post(path, json=said)
            assert created.status_code == 201, (file, created.text)
            read = (await client.get(created.headers["Location"])).json()
            for name in said.keys() - OURS:
                assert read.get(name) == said[name], (file, name)
            read_back += 1
    left = [f"{file.parent.name}/{file.name}: {why}" for file, why in told if isinstance(why, str)]
    assert read_back >= READ_BACK_AT_LEAST, "\n".join(["not posted:", *left])
    assert read_back + len(left) == len(FILES)
