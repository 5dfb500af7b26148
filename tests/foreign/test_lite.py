"""SOAP::Lite: invents element names, and serves one connection until its client lets go of it."""

import subprocess
from collections.abc import Iterator
from decimal import Decimal

import pytest

from banyan import Garbled, Happened, Rejected, TimedOut, Unavailable
from banyan.soap import SoapContract
from banyan.wire import Backend
from tests.foreign.stacks import HERE, SECRET, call, client, needs, started

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def contract() -> SoapContract:
    return SoapContract.load(HERE / "lite" / "accounts.wsdl")


@pytest.fixture
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    needs("perl", package="libsoap-lite-perl")
    modules = ["perl", "-MSOAP::Transport::HTTP", "-MHTTP::Daemon", "-e1"]
    if subprocess.run(modules, check=False, capture_output=True).returncode:
        pytest.skip("SOAP::Lite is absent (Debian: apt-get install libsoap-lite-perl)")
    log = tmp_path_factory.mktemp("lite") / "log"
    with started(["perl", HERE / "lite" / "server.pl"], log, r"127\.0\.0\.1:(\d+)/") as port:
        yield f"http://127.0.0.1:{port}/"


async def test_a_named_value(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        assert (await soap.call(call(), "GetAccount", {"id": "named"})).body == {"balance": Decimal("12.50")}


async def test_a_value_in_a_namespace_that_it_only_inherits(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        assert (await soap.call(call(), "GetAccount", {"id": "inherited"})).body == {"balance": Decimal("12.50")}


async def test_invented_element_names_are_no_answer(contract: SoapContract, endpoint: str) -> None:
    """s-gensym3 is a value to nobody: the balance is missing, and that is not a balance of nothing."""
    async with client(contract, endpoint) as soap:
        with pytest.raises(Garbled) as caught:
            await soap.call(call(), "GetAccount", {"id": "1"})
    assert caught.value.happened is Happened.UNKNOWN


@pytest.mark.parametrize(("id", "kind"), [("unknown", Rejected), ("broken", Unavailable)])
async def test_its_faults(contract: SoapContract, endpoint: str, id: str, kind: type[Exception]) -> None:
    async with client(contract, endpoint) as soap:
        with pytest.raises(kind) as caught:
            await soap.call(call(), "GetAccount", {"id": id})
    assert SECRET not in str(caught.value)


async def test_an_idle_connection_starves_the_next_caller(contract: SoapContract, endpoint: str) -> None:
    """The manifest's keep_alive = false is what such a server needs; without it, a second client gets no answer."""
    async with client(contract, endpoint) as first, client(contract, endpoint, timeout_s=0.7) as second:
        await first.call(call(), "GetAccount", {"id": "named"})
        with pytest.raises(TimedOut):
            await second.call(call(), "GetAccount", {"id": "named"})


async def test_it_serves_everybody_who_lets_go(contract: SoapContract, endpoint: str) -> None:
    let_go = Backend(keep_alive=False)
    async with (
        client(contract, endpoint, backend=let_go) as first,
        client(contract, endpoint, backend=let_go) as second,
    ):
        for soap in (first, second, first):
            await soap.call(call(), "GetAccount", {"id": "named"})
