"""Bad input 47 and 48, all APIs: what is not the client's to say is not believed in a POST, and refused in a PATCH."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.kernel import Kernel
from gateway.security import embedded
from gateway.store import open_store
from tests.clock import FakeClock
from tests.conformance.test_resources import SERVED, _least, collection, created, least
from tests.edge import speaking_to

OURS = ("id", "href")


@pytest.fixture(scope="module")
def edge() -> Iterator[tuple[asyncio.Runner, httpx.AsyncClient]]:
    with asyncio.Runner() as runner:
        clock = FakeClock()
        store = runner.run(open_store("sqlite://", clock))
        speaking = speaking_to(Kernel(SERVED, {}, store, clock, embedded("default")))
        yield runner, runner.run(speaking.__aenter__())
        runner.run(speaking.__aexit__(None, None, None))
        runner.run(store.aclose())


@pytest.mark.parametrize("contract", list(SERVED), ids=lambda contract: f"{contract.api}-{contract.version}")
def test_bad_input_47_and_48(edge: tuple[asyncio.Runner, httpx.AsyncClient], contract: Contract) -> None:
    runner, client = edge

    async def talk() -> None:
        for resource in created(contract):
            declared = contract.attributes(resource.type)
            path, body = await collection(client, contract, resource), least(contract, resource)
            kept_out = declared.keys() - contract.attributes(resource.create or "") - {"@type"}
            forged = {name: _least(contract, declared[name]) for name in kept_out}
            forged |= {"id": "mine", "href": "http://203.0.113.1/mine"}
            made = await client.post(path, json={**body, **forged})
            assert made.status_code == 201, (path, made.text)
            stored = made.json()
            assert stored["href"] == f"{path}/{stored['id']}" == made.headers["Location"]
            for name in forged:
                default = resource.defaults.get(name)
                assert stored.get(name) != forged[name] or forged[name] == default, (path, name)
            if "PATCH" not in resource.item:
                continue
            fixed = declared.keys() - contract.attributes(resource.update or resource.replace or resource.type)
            for name in sorted({*OURS, "@type", *fixed}):
                other = "Other" if name == "@type" else _least(contract, declared.get(name, {}))
                if other == stored.get(name):
                    continue
                refused = await client.patch(stored["href"], json={name: other})
                assert refused.status_code == 400, (path, name, refused.text)
                assert refused.json()["reason"].startswith(name), (path, refused.text)
            assert (await client.get(stored["href"])).headers["ETag"] == made.headers["ETag"]

    runner.run(talk())
