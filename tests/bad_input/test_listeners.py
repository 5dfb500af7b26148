"""Bad input at the hub, by the numbers of the catalogue: what no listener can make us do."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from contracts.call import Principal
from contracts.page import Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.kernel import Kernel
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.events import Ear, Relay, Reply, Sender
from gateway.events.sender import READ_AT_MOST
from gateway.security import embedded
from gateway.store import Event, SqlStore
from tests.clock import FakeClock
from tests.edge import Build, public, speaking_to

HUB = "/tmf-api/productCatalogManagement/v4/hub"
CALLBACK = "https://apps.example.org/events"


def resolving(*answers: str) -> Callable[[str, int], object]:
    """Each look-up gets the next answer; the last one stays."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        del host, port
        return [left.pop(0) if len(left) > 1 else left[0]]

    return resolve


def refused(answer: httpx.Response, status: int, word: str = "") -> None:
    assert (answer.status_code, answer.json()["@type"]) == (status, "Error"), answer.text
    assert word in answer.json()["reason"]


async def test_bad_input_44_a_listener_of_another_client(client: httpx.AsyncClient) -> None:
    made = (await client.post(HUB, json={"callback": CALLBACK})).headers["Location"]
    other, unknown = {"X-Client-Id": "other"}, f"{HUB}/{'0' * 36}"
    for method in ("GET", "DELETE", "PATCH"):
        foreign = await client.request(method, made, headers=other, json={} if method == "PATCH" else None)
        missing = await client.request(method, unknown, headers=other, json={} if method == "PATCH" else None)
        refused(foreign, 404)
        assert foreign.json()["reason"] == missing.json()["reason"]
    assert (await client.get(made)).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "fe80::1%eth0", "::ffff:10.0.0.1", "64:ff9b::a00:1",
     "2002:7f00:1::", "2001:0:53aa:64c:0:fbfe:f5ff:fffe", "::", "0.0.0.0", "100.64.0.1", "224.0.0.1", "ff02::1",
     "fec0::1"],
)  # fmt: skip
async def test_bad_input_64_a_name_of_the_house(build: Build, address: str) -> None:
    rules = Rules(frozenset(), resolve=resolving(address))  # type: ignore[arg-type]
    async with speaking_to(build(listeners=rules)) as client:
        refused(await client.post(HUB, json={"callback": CALLBACK}), 400, "callback")


@asynccontextmanager
async def house(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server of this machine that should not be reached, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        try:
            await writer.drain()
        except ConnectionError:
            asked.append(b"cut")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


async def test_bad_input_64_a_name_that_moves_into_the_house(build: Build) -> None:
    rebinding = resolving("93.184.215.14", "127.0.0.1")
    rules = Rules(frozenset(), ports=frozenset({443}), resolve=rebinding)  # type: ignore[arg-type]
    async with speaking_to(build(listeners=rules)) as client:
        assert (await client.post(HUB, json={"callback": CALLBACK})).status_code == 201
    async with house(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, asked):
        sender = Sender((), rebinding)  # type: ignore[arg-type]
        assert await sender.post(f"http://apps.example.org:{port}/x", {}, b"{}") == Reply(0)
        assert asked == []
        await sender.aclose()


async def test_bad_input_64_the_checked_address_is_asked_under_its_name() -> None:
    async with house(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n") as (port, asked):
        sender = Sender(("apps.example.org",), resolving("127.0.0.1"))  # type: ignore[arg-type]
        assert await sender.post(f"http://apps.example.org:{port}/x", {}, b"{}") == Reply(204)
        assert f"host: apps.example.org:{port}".encode() in asked[0].lower()
        await sender.aclose()


async def test_bad_input_65_a_redirect_and_an_answer_without_end() -> None:
    sender = Sender(("127.0.0.1",))
    async with house(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as (port, _):
        assert await sender.post(f"http://127.0.0.1:{port}/", {}, b"{}") == Reply(302)
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b"x" * (READ_AT_MOST * 100)
    async with house(endless) as (port, _):
        assert await sender.post(f"http://127.0.0.1:{port}/", {}, b"{}") == Reply(200)
    await sender.aclose()


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 8080])
async def test_bad_input_67_a_port_that_is_not_allowed(client: httpx.AsyncClient, port: int) -> None:
    refused(await client.post(HUB, json={"callback": f"https://apps.example.org:{port}/x"}), 400, "port")


async def test_bad_input_67_twice_and_one_too_many(build: Build) -> None:
    async with speaking_to(build(listeners=Rules(most=3, resolve=public))) as client:
        first = await client.post(HUB, json={"callback": CALLBACK, "query": "name=a"})
        refused(await client.post(HUB, json={"callback": CALLBACK, "query": "name=a"}), 409)
        for name in "bc":
            assert (await client.post(HUB, json={"callback": CALLBACK, "query": f"name={name}"})).status_code == 201
        full = await client.post(HUB, json={"callback": CALLBACK, "query": "name=d"})
        refused(full, 429)
        assert full.headers["Retry-After"].isdigit()
        other = await client.post(HUB, json={"callback": CALLBACK, "query": "name=d"}, headers={"X-Client-Id": "other"})
        assert other.status_code == 201
        await client.delete(first.headers["Location"])
        assert (await client.post(HUB, json={"callback": CALLBACK, "query": "name=a"})).status_code == 201


async def test_bad_input_69_a_query_shows_nothing_that_its_client_may_not_see(
    contracts: Contracts, store: SqlStore, clock: FakeClock
) -> None:
    def anna(headers: object) -> Principal:
        del headers
        return Principal(subject="anna", client="app", operator="default", customers=frozenset({"anna"}))

    kernel = Kernel(contracts, {}, store, clock, anna, listeners=Rules(resolve=public))
    async with speaking_to(kernel) as client:
        sent = {"callback": CALLBACK, "query": "relatedParty.id=ben"}
        assert (await client.post("/tmf-api/productOrderingManagement/v4/hub", json=sent)).status_code == 201
    (hub,) = (await store.find(anna({}), "banyan/hub", Window())).items
    assert hub.body["customers"] == ["anna"]
    bens = {"id": "1", "relatedParty": [{"id": "ben", "role": "customer"}]}
    event = Event("e", "ProductOrderCreateEvent", "TMF622/productOrder", "1", bens, clock.now(), owner="ben")
    ear = Ear("TMF622", "v4", "relatedParty.id=ben", frozenset({"anna"}))
    assert not Envelopes(contracts).hears(event, ear)


async def test_bad_input_70_we_are_nobody_s_listener(client: httpx.AsyncClient) -> None:
    base = HUB.removesuffix("/hub")
    answer = await client.post(f"{base}/listener/catalogCreateEvent", content=json.dumps({"eventId": "1"}))
    refused(answer, 404)


@pytest.mark.parametrize("secret", ["", "short", "whsec_", "whsec_abc", 7, "A" * 40])
async def test_bad_input_a_secret_that_is_none(client: httpx.AsyncClient, secret: object) -> None:
    refused(await client.post(HUB, json={"callback": CALLBACK, "secret": secret}), 400, "secret")


@pytest.mark.parametrize("fields", ["../..", "secret", "secrets", "client", "customers"])
async def test_bad_input_30_fields_of_a_listener_that_are_none(client: httpx.AsyncClient, fields: str) -> None:
    await client.post(HUB, json={"callback": CALLBACK})
    refused(await client.get(HUB, params={"fields": fields}), 400)


async def test_bad_input_66_a_host_that_does_not_answer_the_handshake(
    contracts: Contracts, store: SqlStore, clock: FakeClock
) -> None:
    answers, posted = [b"", b"WebHook-Allowed-Origin: elsewhere.example\r\n", b"WebHook-Allowed-Origin: *\r\n"], []
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        (asked if head.startswith(b"OPTIONS") else posted).append(head.lower())
        said = answers.pop(0) if head.startswith(b"OPTIONS") else b""
        writer.write(b"HTTP/1.1 204 No Content\r\n" + said + b"Connection: close\r\n\r\n")
        writer.close()

    sender = Sender(("127.0.0.1",))
    rules = Rules(greet=partial(sender.greet, "banyan.example.org"))
    served = Contracts([contracts.contract("TMF620", "v4")])
    relay = Relay(store, clock, Envelopes(contracts), sender.post)
    kernel = Kernel(served, {}, store, clock, embedded("default"), listeners=rules)
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, speaking_to(kernel) as client:
        callback = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
        made = await client.post(HUB, json={"callback": callback})
        href = made.headers["Location"]
        assert (made.status_code, made.json()["unverified"]) == (201, True)
        assert b"webhook-request-origin: banyan.example.org" in asked[0]

        async def tell(name: str) -> int:
            await client.post(HUB.replace("hub", "catalog"), json={"name": name})
            async with asyncio.TaskGroup() as group:
                await relay.turn(group)
            return len(posted)

        assert await tell("a") == 0
        refused(await client.patch(href, json={"unverified": None}), 409)
        assert (await client.post(f"{href}/replay", json={"from": "2020-01-01T00:00:00Z"})).status_code == 201
        assert await tell("b") == 0
        assert (await client.get(href)).json()["unverified"] is True
        assert (await client.patch(href, json={"unverified": None})).status_code == 200
        assert "unverified" not in (await client.get(href)).json()
        assert await tell("c") > 0
    await sender.aclose()


async def test_bad_input_64_the_checked_address_hears_the_name_in_tls() -> None:
    hello: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello.append(await reader.read(4_096))
        writer.close()

    sender = Sender(("apps.example.org",), resolving("127.0.0.1"))  # type: ignore[arg-type]
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await sender.post(f"https://apps.example.org:{port}/x", {}, b"{}") == Reply(0)
    assert b"apps.example.org" in hello[0]
    await sender.aclose()


@pytest.mark.parametrize(
    "callback",
    ["https://%31%32%37.0.0.1/", "https://127.0.0.1%00.example.org/", "https://a..example.org/", "https://.example.org/",
     "https://*.example.org/", "https://[64:ff9b:1::808:808]/", "https://[2606:4700::1%25lo]/", "https://[fe80::1%25eth0]/",
     "https://localhost../", "https://LOCALHOST/", "https://Metadata.Google.INTERNAL./", "https://0177.0.0.1/", "https://127.1/",
     "https://[::FFFF:7F00:1]/", "https://\u2460\u2461\u2466.0.0.1/", "https://example.org/\x00", "https://example.org/\x7f",
     "https://example.org/\r\nX-Evil: 1", "https://user:pass@example.org/", "https://example.org\\@127.0.0.1/"],
)  # fmt: skip
async def test_bad_input_63_a_host_in_disguise(callback: str) -> None:
    with pytest.raises(Refused):
        await Rules(frozenset(), resolve=public).check(callback)


async def test_bad_input_64_one_private_address_among_public_ones() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        del host, port
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(Refused):
        await Rules(frozenset(), resolve=mixed).check(CALLBACK)
