"""PHP's SoapServer: closes every connection, packs its replies, and tells a fault otherwise than it was meant."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from banyan import Garbled, Happened, Rejected, Unavailable
from banyan.soap import SoapContract, SoapFault
from tests.foreign.stacks import HERE, SECRET, WSDL, call, client, needs, started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def contract() -> SoapContract:
    return SoapContract.load(WSDL)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    needs("php", package="php-cli php-soap")
    log = tmp_path_factory.mktemp("php") / "log"
    command = ["php", "-S", "127.0.0.1:0", HERE / "php" / "server.php"]
    with started(command, log, r"127\.0\.0\.1:(\d+)\) started", {"WSDL": str(WSDL)}) as port:
        yield f"http://127.0.0.1:{port}/"


async def test_packed_answers_over_connections_that_it_closes(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        for id in ("1", "2", "3"):
            body = (await soap.call(call(), "GetAccount", {"id": id})).body
            assert body == {
                "id": id,
                "balance": Decimal("12.50"),
                "opened": datetime(2026, 3, 2, 9, tzinfo=UTC),
                "note": None,
                "line": [
                    {"name": "gebühr", "amount": Decimal("0.10")},
                    {"name": "data", "amount": Decimal("12.40")},
                ],
            }


async def test_a_declared_fault(contract: SoapContract, endpoint: str) -> None:
    told: list[SoapFault] = []

    def note(fault: SoapFault) -> Rejected:
        told.append(fault)
        return Rejected("unknown", code=fault.code)

    async with client(contract, endpoint) as soap:
        with pytest.raises(Rejected):
            await soap.call(call(), "GetAccount", {"id": "unknown"}, fault=note)
    [fault] = told
    assert fault.code == "Client"
    assert fault.detail is not None
    assert fault.detail.findtext("{urn:accounts}AccountFault/{urn:accounts}code") == "A404"


async def test_a_fault_of_the_wrong_shape_becomes_the_servers_own(contract: SoapContract, endpoint: str) -> None:
    """The service said Client; what arrives is an encoding fault of the server, after which nobody knows."""
    async with client(contract, endpoint) as soap:
        with pytest.raises(Unavailable) as caught:
            await soap.call(call(), "GetAccount", {"id": "ill-told"})
    assert (caught.value.code, caught.value.happened) == ("Server", Happened.UNKNOWN)


async def test_an_uncaught_error_answers_with_an_empty_page(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        with pytest.raises((Garbled, Unavailable)) as caught:
            await soap.call(call(), "GetAccount", {"id": "broken"})
    assert caught.value.happened is Happened.UNKNOWN
    assert SECRET not in str(caught.value)
