"""The traps of design/adapter-sdk.md section 1, by number, and of zeep's async side (design/libraries.md, its end)."""

import asyncio
import builtins
import os
import socket
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from banyan import Call, Garbled, Happened, TimedOut, Unavailable
from banyan.config import SoapConfig
from banyan.soap import SoapClient, SoapContract
from tests.soap.calling import WSDL, between, client, envelope, folder, system, told
from tests.wire.serving import LOGIN, call, http

ANNA = {"username": "anna", "password": "secret"}


async def ask(soap: SoapClient, what: str = "x", **header: Any) -> str:
    that: str = (await soap.call(call(), "Ask", {"what": what}, header)).body["that"]
    return that


def echo(asked: bytes) -> bytes:
    return told(between(asked, "what"))


async def test_sdk_trap_1_our_credentials_are_in_every_request(tmp_path: Path) -> None:
    async with system(echo) as (url, heard), client(tmp_path, url, 'auth = "basic"', config=ANNA) as soap:
        await asyncio.gather(*(ask(soap) for _ in range(5)))
        await ask(soap.at(f"{url}other"))
    assert [between(asked, "what") for asked in heard if b": Basic YW5uYTpzZWNyZXQ=" in asked] == ["x"] * 6


async def test_sdk_trap_2_a_time_limit_holds_after_an_error(tmp_path: Path) -> None:
    """Each call by its own: one that had little time left takes none from the next, and the next has a limit too."""
    late = asyncio.Event()

    async def answer(asked: bytes) -> bytes:
        if between(asked, "what") == "slow":
            await late.wait()
        return told()

    async with system(answer) as (url, _), client(tmp_path, url, config={"timeout_s": 0.4}) as soap:
        short = Call(0.05, "default", call().principal)
        with pytest.raises(TimedOut):
            await soap.call(short, "Ask", {"what": "slow"})
        assert await ask(soap) == "yes"
        with pytest.raises(TimedOut):
            await ask(soap, "slow")
        late.set()


async def test_sdk_trap_3_twenty_calls_at_once_read_their_own_answers(tmp_path: Path) -> None:
    async def slowly(asked: bytes) -> bytes:
        await asyncio.sleep(0)
        return echo(asked)

    async with system(slowly) as (url, _), client(tmp_path, url) as soap:
        names = [f"n{number}" for number in range(20)]
        assert await asyncio.gather(*(ask(soap, name) for name in names)) == names


@pytest.mark.parametrize(
    "inner",
    [
        '<told xmlns="urn:other"><that>yes</that></told>',
        '<told xmlns="urn:s"><that xmlns="urn:other">yes</that></told>',
        '<told xmlns="urn:s"/>',
        '<told xmlns="urn:s"><at>2026-03-02T09:00:00Z</at></told>',
        '<told xmlns="urn:s"><that>yes</that><at>12,50</at></told>',
        "",
    ],
)
async def test_sdk_trap_4_what_is_missing_or_misnamed_is_no_empty_answer(tmp_path: Path, inner: str) -> None:
    async with system(lambda _: http(200, envelope(inner))) as (url, _), client(tmp_path, url) as soap:
        with pytest.raises(Garbled) as caught:
            await ask(soap)
    assert caught.value.happened is Happened.UNKNOWN


@pytest.mark.parametrize("value", ["12,50", "many", "", "NaN", "1e400"])
def test_sdk_trap_4_a_bad_decimal_is_garbled(tmp_path: Path, value: str) -> None:
    place = folder(tmp_path) / "wsdl" / "small.wsdl"
    place.write_text(WSDL.replace('name="at" type="x:dateTime"', 'name="at" type="x:decimal"'))
    contract = SoapContract.load(place)
    reply = '<told xmlns="urn:s"><that>yes</that><at>{}</at></told>'
    assert contract.read("Ask", envelope(reply.format("12.50"))).body["at"] == Decimal("12.50")
    with pytest.raises(Garbled):
        contract.read("Ask", envelope(reply.format(value)))


@pytest.mark.parametrize("status", [200, 500, 503, 302, 401])
@pytest.mark.parametrize("kind", ["text/html", "text/xml"])
async def test_sdk_trap_5_a_login_page_is_a_port_error_of_ours(tmp_path: Path, status: int, kind: str) -> None:
    page = http(status, LOGIN, kind=kind)
    async with system(lambda _: page) as (url, _), client(tmp_path, url) as soap:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - its very type is the question
            await ask(soap)
    assert type(caught.value).__module__ == "contracts.errors"
    assert "4917012345" not in str(caught.value)


async def test_sdk_trap_6_a_client_is_made_beside_the_loop_and_called_without_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a file was asked for on the running loop")

    async with system(echo) as (url, _), client(tmp_path, url) as soap:
        await ask(soap)  # the first one compiles
        with monkeypatch.context() as patched:
            patched.setattr(os.path, "abspath", refuse)
            patched.setattr(builtins, "open", refuse)
            assert await ask(soap, "quiet") == "quiet"


def test_sdk_trap_7_soap_encoding_is_imported_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    encoding = "http://schemas.xmlsoap.org/soap/encoding/"
    place = folder(tmp_path) / "wsdl" / "small.wsdl"
    imported = f'<x:import namespace="{encoding}" schemaLocation="{encoding}"/>'
    place.write_text(WSDL.replace('elementFormDefault="qualified">', f'elementFormDefault="qualified">{imported}'))
    assert SoapContract.load(place).operations == ["Ask", "Login", "Notify"]


async def test_zeep_trap_header_parts_of_one_task_stay_out_of_anothers(tmp_path: Path) -> None:
    async with system(echo) as (url, heard), client(tmp_path, url) as soap:
        routes = [f"tenant{number}" for number in range(10)]
        await asyncio.gather(*(ask(soap, route, route={"to": route}) for route in routes))
        await ask(soap, "none")
    assert all(between(asked, "to") == between(asked, "what") for asked in heard[:-1])
    assert b"tenant" not in heard[-1]


async def test_zeep_trap_there_is_always_a_time_limit(tmp_path: Path) -> None:
    async def never(_: bytes) -> bytes:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    assert SoapConfig(endpoint="http://x/").timeout_s == 3
    async with system(never) as (url, _), client(tmp_path, url, config={"timeout_s": 0.2}) as soap:
        with pytest.raises(TimedOut):
            await ask(soap)


async def test_zeep_trap_headers_of_ours_and_of_the_contract_travel_together(tmp_path: Path) -> None:
    async with system(echo) as (url, heard), client(tmp_path, url, 'auth = "basic"', config=ANNA) as soap:
        await ask(soap)
    head = heard[0].partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    names = [line.partition(b":")[0] for line in head[1:]]
    for name in (b"authorization", b"soapaction", b"content-type", b"user-agent", b"host", b"content-length"):
        assert names.count(name) == 1, name


async def test_zeep_trap_an_unsigned_answer_to_a_token_is_an_answer(tmp_path: Path) -> None:
    async with system(echo) as (url, _), client(tmp_path, url, 'auth = "wss"', config=ANNA) as soap:
        assert await ask(soap, "yes") == "yes"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (http(503, LOGIN, kind="text/html"), Unavailable),
        (http(200, LOGIN, kind="text/html"), Garbled),
        (http(200, envelope("<half")[:-20]), Garbled),
        (http(200, b""), Garbled),
        (http(500, b"<html/>"), Garbled),
    ],
)
async def test_zeep_trap_no_page_is_a_fault_and_no_fragment_a_parse_error(
    tmp_path: Path, reply: bytes, kind: type[Exception]
) -> None:
    async with system(lambda _: reply) as (url, _), client(tmp_path, url) as soap:
        with pytest.raises(kind):
            await ask(soap)


async def test_zeep_trap_a_fault_is_never_shown_in_its_own_words(tmp_path: Path) -> None:
    inner = "<s:Fault><faultcode>s:Server</faultcode><faultstring>4917012345 is barred</faultstring></s:Fault>"
    reply = http(500, envelope(inner))
    async with system(lambda _: reply) as (url, _), client(tmp_path, url) as soap:
        with pytest.raises(Unavailable) as caught:
            await ask(soap)
    assert "4917012345" not in f"{caught.value!r} {caught.value.code} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    "prolog", ['<!DOCTYPE definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE definitions>"]
)
def test_zeep_trap_a_contract_has_no_document_type(tmp_path: Path, prolog: str) -> None:
    place = folder(tmp_path) / "wsdl" / "small.wsdl"
    place.write_text(prolog + WSDL)
    with pytest.raises(Exception, match=r"(?i)dtd|document type|small\.wsdl"):
        SoapContract.load(place)


async def test_zeep_trap_a_loaded_contract_serves_any_number_of_loops(tmp_path: Path) -> None:
    """Clients cannot be pickled: one is loaded once, in a thread, and shared."""
    contract = await asyncio.to_thread(SoapContract.load, folder(tmp_path) / "wsdl" / "small.wsdl")

    def read(number: int) -> Mapping[str, Any]:
        body: Mapping[str, Any] = contract.read("Ask", told(str(number)).partition(b"\r\n\r\n")[2]).body
        return body

    read_in_threads = await asyncio.gather(*(asyncio.to_thread(read, number) for number in range(8)))
    assert [body["that"] for body in read_in_threads] == [str(number) for number in range(8)]
