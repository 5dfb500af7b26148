"""Apache Axis 1.4: rpc/encoded with multiRef, stack traces in faults, and 200 with nothing when it could not write."""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.request import urlopen

import pytest

from banyan import Garbled, Happened, Unavailable
from banyan.soap import SoapContract, SoapFault, port_error
from tests.foreign.stacks import HERE, SECRET, call, client, needs, run, started

pytestmark = pytest.mark.slow
JARS = ("axis", "jaxrpc", "saaj", "wsdl4j", "commons-discovery", "commons-logging", "javax.activation", "javax.mail")
SHARE = Path("/usr/share/java")
"""Debian's place for them."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    needs("java", "javac", package="default-jdk-headless libaxis-java")
    jars = [SHARE / f"{name}.jar" for name in JARS]
    if missing := [jar.name for jar in jars if not jar.is_file()]:
        pytest.skip(f"{', '.join(missing)} absent (Debian: apt-get install libaxis-java)")
    place = tmp_path_factory.mktemp("axis")
    path = os.pathsep.join([*map(str, jars), str(place)])
    run("javac", "-encoding", "UTF-8", "-cp", path, "-d", place, HERE / "axis" / "Accounts.java", within=place)
    with started(["java", "-cp", path, "Accounts", HERE / "axis" / "deploy.wsdd"], place / "log") as port:
        yield f"http://127.0.0.1:{port}/axis/services/Accounts"


@pytest.fixture(scope="module")
def contract(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> SoapContract:
    """As Axis writes it: it imports the schema of SOAP encoding without saying where that is."""
    wsdl = tmp_path_factory.mktemp("wsdl") / "axis.wsdl"
    with urlopen(f"{endpoint}?wsdl", timeout=10) as told:
        wsdl.write_bytes(told.read())
    return SoapContract.load(wsdl)


async def test_values_that_stand_elsewhere_and_are_referred_to(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        body = (await soap.call(call(), "getAccount", {"in0": "1"})).body
    account = body["getAccountReturn"]
    assert (account["id"], account["balance"], account["note"]) == ("1", Decimal("12.50"), None)
    lines = [(line["name"], line["amount"]) for line in account["lines"]]
    assert lines == [("gebühr", Decimal("0.10"))] * 2


async def test_a_null_array_is_no_row_of_nothings(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        body = (await soap.call(call(), "getAccount", {"in0": "bare"})).body
    assert not body["getAccountReturn"]["lines"]


async def test_two_hundred_with_nothing_is_garbled(contract: SoapContract, endpoint: str) -> None:
    async with client(contract, endpoint) as soap:
        with pytest.raises(Garbled) as caught:
            await soap.call(call(), "getAccount", {"in0": "unsayable"})
    assert caught.value.happened is Happened.UNKNOWN


@pytest.mark.parametrize(("id", "message"), [("unknown", ""), ("broken", "java.lang.IllegalStateException")])
async def test_faults_carry_a_stack_trace_that_stays_inside(
    contract: SoapContract, endpoint: str, id: str, message: str
) -> None:
    told: list[SoapFault] = []

    def note(fault: SoapFault) -> Exception:
        told.append(fault)
        return port_error(fault)

    async with client(contract, endpoint) as soap:
        with pytest.raises(Unavailable) as caught:
            await soap.call(call(), "getAccount", {"in0": id}, fault=note)  # type: ignore[arg-type]
    assert caught.value.happened is Happened.UNKNOWN
    assert told[0].message.startswith(message)
    assert told[0].detail is not None
    assert told[0].detail.findtext("{http://xml.apache.org/axis/}hostname")
    for shown in (str(caught.value), repr(caught.value), repr(told[0])):
        assert SECRET not in shown
        assert "java" not in shown
