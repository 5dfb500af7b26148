"""Writes under keys and revisions (53 to 59): refused, or done once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.documents import DocumentRoom
from gateway.flows.refusal import Clash
from tests.bad_input.refusing import JSON, OFFERINGS, refused
from tests.edge import Build, speaking_to


@pytest.fixture(autouse=True)
async def nothing_written(client: httpx.AsyncClient) -> AsyncIterator[None]:
    """Whatever a case sends, an offering named `bad` is never there afterwards."""
    yield
    found = await client.get(f"{OFFERINGS}?name=bad")
    assert found.json() == []


@pytest.mark.parametrize("key", ["", "k" * 256, "a b", "\tx", "k\u00e9"])
async def test_bad_input_53_a_key_that_is_none(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post(OFFERINGS, json={"name": "bad"}, headers={"Idempotency-Key": key.encode("latin-1")})
    refused(answer, 400)


async def test_bad_input_54_and_55_a_key_again(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    first = await client.post(OFFERINGS, json={"name": "good", "version": "1"}, headers=key)
    again = await client.post(OFFERINGS, content=b'{"version":"1","name":"good"}', headers={**JSON, **key})
    other = await client.post(OFFERINGS, json={"name": "bad"}, headers=key)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    refused(other, 422)
    assert len((await client.get(OFFERINGS)).json()) == 1


async def test_bad_input_56_a_key_while_its_first_request_runs(build: Build) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Slow(DocumentRoom):
        async def accept(self, asked: Any, body: dict[str, Any], before: Any) -> dict[str, Any]:
            begun.set()
            await go_on.wait()
            if body["name"] == "fails":
                raise Clash("offering.notSellable", "not now")
            return await super().accept(asked, body, before)

    kernel = build()
    room = kernel.routes[OFFERINGS].room
    assert isinstance(room, DocumentRoom)
    slow = Slow(room.resource, room.store, room.clock)
    async with speaking_to(build({room.resource.kind: slow})) as client:
        for name, status in (("fails", 409), ("good", 201)):
            begun.clear()
            go_on.clear()
            sent = {"json": {"name": name}, "headers": {"Idempotency-Key": "k"}}
            first = asyncio.create_task(client.post(OFFERINGS, **sent))
            await begun.wait()
            twin = await client.post(OFFERINGS, **sent)
            refused(twin, 409)
            assert (twin.json()["code"], twin.headers["Retry-After"]) == ("idempotency.running", "1")
            go_on.set()
            assert (await first).status_code == status
        again = await client.post(OFFERINGS, **sent)
        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
        assert len((await client.get(OFFERINGS)).json()) == 1


async def test_bad_input_57_a_key_of_somebody_else(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post(path, json=body, headers={"Idempotency-Key": "k", "X-Client-Id": app})
        for app in ("one", "two")
        for path, body in ((OFFERINGS, {"name": app}), (OFFERINGS.replace("Offering", "Specification"), {"name": app}))
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4


async def test_bad_input_58_a_refused_body_is_not_remembered(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    refused(await client.post(OFFERINGS, json={"name": 1}, headers=key), 400)
    assert (await client.post(OFFERINGS, json={"name": "good"}, headers=key)).status_code == 201


@pytest.mark.parametrize("tag", ['"1"', '"99"', '"x"', "1", ""])
async def test_bad_input_59_a_stale_revision(client: httpx.AsyncClient, tag: str) -> None:
    href = (await client.post(OFFERINGS, json={"name": "good"})).json()["href"]
    await client.patch(href, json={"name": "better"})
    refused(await client.patch(href, json={"name": "bad"}, headers={"If-Match": tag}), 412)
    refused(await client.delete(href, headers={"If-Match": tag}), 412)
    assert (await client.get(href)).json()["name"] == "better"
