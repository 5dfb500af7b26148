"""node's soap: a declared fault has status 200, an error is told as a SOAP 1.2 fault in a 1.1 envelope, in chunks."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest

from banyan import Garbled, Happened, Rejected, Unavailable
from banyan.soap import SoapContract, SoapFault
from tests.foreign.stacks import HERE, SECRET, WSDL, call, client, needs, started

pytestmark = pytest.mark.slow
PACKAGE = "soap@1.13.0"


@pytest.fixture(scope="module")
def contract() -> SoapContract:
    return SoapContract.load(WSDL)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    needs("node", "npm", package="nodejs npm")
    place = tmp_path_factory.mktemp("node")
    _install(place)
    copy(HERE / "node" / "server.js", place)
    with started(["node", "server.js", WSDL], place / "log") as port:
        yield f"http://127.0.0.1:{port}/accounts"


def _install(place: Path) -> None:
    """Into the test's folder only."""
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(place), PACKAGE]
    try:
        subprocess.run(command, cwd=place, capture_output=True, timeout=60, check=True)
    except subprocess.SubprocessError:
        pytest.skip(f"npm cannot install {PACKAGE} here")


@pytest.mark.parametrize(("id", "lines"), [("1", 2), ("many", 500)])
async def test_answers_in_chunks(contract: SoapContract, endpoint: str, id: str, lines: int) -> None:
    async with client(contract, endpoint) as soap:
        body = (await soap.call(call(), "GetAccount", {"id": id})).body
    assert (body["id"], body["balance"], body["note"]) == (id, Decimal("12.50"), None)
    assert body["opened"] == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert body["line"] == [{"name": f"gebühr {number}", "amount": Decimal("0.10")} for number in range(lines)]


async def test_a_declared_fault_with_status_200(contract: SoapContract, endpoint: str) -> None:
    told: list[SoapFault] = []

    def note(fault: SoapFault) -> Rejected:
        told.append(fault)
        return Rejected("unknown", code=fault.code)

    async with client(contract, endpoint) as soap:
        with pytest.raises(Rejected) as caught:
            await soap.call(call(), "GetAccount", {"id": "unknown"}, fault=note)
    assert (told[0].code, caught.value.happened) == ("Client", Happened.NO)
    assert told[0].detail is not None
    assert told[0].detail.findtext("AccountFault/code") == "A404"


async def test_an_uncaught_error_as_a_fault_of_the_other_version(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        with pytest.raises(Unavailable) as caught:
            await soap.call(call(), "GetAccount", {"id": "broken"})
    assert (caught.value.code, caught.value.happened) == ("Server", Happened.UNKNOWN)
    assert SECRET not in str(caught.value)


async def test_an_empty_answer_is_no_account_of_nothing(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        with pytest.raises(Garbled) as caught:
            await soap.call(call(), "GetAccount", {"id": "nothing"})
    assert caught.value.happened is Happened.UNKNOWN
