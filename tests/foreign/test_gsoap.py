"""gSOAP 2.8: keeps connections, answers in chunks; after a fault it closes, and its faults may lack a namespace."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from banyan import Happened, Rejected, Unavailable
from banyan.soap import SoapContract, SoapFault
from tests.foreign.stacks import HERE, SECRET, WSDL, call, client, needs, needs_header, run, started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def contract() -> SoapContract:
    return SoapContract.load(WSDL)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    needs("wsdl2h", "soapcpp2", "gcc", package="gsoap libgsoap-dev gcc")
    needs_header("stdsoap2.h", package="libgsoap-dev")
    place = tmp_path_factory.mktemp("gsoap")
    run("wsdl2h", "-c", "-L", "-o", "accounts.h", WSDL, within=place)
    run("soapcpp2", "-c", "-S", "-x", "-L", "accounts.h", within=place)
    source = HERE / "gsoap" / "server.c"
    run("gcc", "-w", "-I.", "-o", "server", source, "soapC.c", "soapServer.c", "-lgsoap", within=place)
    with started([place / "server"], place / "log") as port:
        yield f"http://127.0.0.1:{port}/"


async def test_answers_in_chunks_on_one_connection(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint, concurrency=1) as soap:
        for id in ("1", "2", "3"):
            body = (await soap.call(call(), "GetAccount", {"id": id})).body
            assert (body["id"], body["balance"]) == (id, Decimal("12.50"))
            assert body["opened"] == datetime(2026, 3, 2, 9, tzinfo=UTC)
            assert [line["name"] for line in body["line"]] == ["gebühr"] * 2
        assert (await soap.call(call(), "GetAccount", {"id": "bare"})).body["line"] == []


@pytest.mark.parametrize(
    ("id", "path"), [("unknown", "{*}AccountFault/{*}code"), ("told in words", "AccountFault/code")]
)
async def test_a_fault_with_and_without_a_namespace(contract: SoapContract, endpoint: str, id: str, path: str) -> None:
    """It closes the connection after a fault; the next call gets another."""
    told: list[SoapFault] = []

    def note(fault: SoapFault) -> Rejected:
        told.append(fault)
        return Rejected("unknown", code=fault.code)

    async with client(contract, endpoint, concurrency=1) as soap:
        for _ in range(2):
            with pytest.raises(Rejected) as caught:
                await soap.call(call(), "GetAccount", {"id": id}, fault=note)
            assert caught.value.happened is Happened.NO
        assert (await soap.call(call(), "GetAccount", {"id": "1"})).body["id"] == "1"
    assert [fault.code for fault in told] == ["Client"] * 2
    assert told[0].detail is not None
    assert told[0].detail.findtext(path) == "A404"


async def test_a_fault_of_the_server(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint, concurrency=1) as soap:
        with pytest.raises(Unavailable) as caught:
            await soap.call(call(), "GetAccount", {"id": "broken"})
    assert caught.value.happened is Happened.UNKNOWN
    assert SECRET not in str(caught.value)
