"""One real contract of each family, as an adapter uses it: whole envelopes with their headers, written and read."""

import os
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from banyan.soap import SoapContract
from banyan.soap.loading import Broken
from banyan.soap.sampled import Sampled, sampled_reply, sampled_request
from tests.soap.zeep_values import substance

pytestmark = pytest.mark.slow

OPERATIONS = {
    "jbilling": 184,
    "zuora/zuora.a.78.0.wsdl": 14,
    "oscm": 16,
    "xius-msp": 420,
    "parlayx-account": 6,
    "cableassurance": 247,
    "tmf-mtosi-4.0/ManageServiceInventory/IIS/wsdl/ServiceInventoryRetrieval/ServiceInventoryRetrievalHttp.wsdl": 2,
}
"""Of a contract, or of all in a folder: how many operations it has. All of them are compiled."""


@pytest.fixture(scope="module")
def real() -> Path:
    shared = Path(os.environ.get("BANYAN_SHARED", Path(__file__).parents[3] / "shared"))
    folder = shared / "legacy" / "wsdl"
    if not folder.is_dir():
        pytest.skip("the real WSDLs are not here (../shared or BANYAN_SHARED)")
    return folder


def contracts(real: Path, place: str) -> list[SoapContract]:
    path = real / place
    root = real / place.partition("/")[0]
    found = []
    for file in [path] if path.is_file() else sorted(path.rglob("*.wsdl")):
        try:
            found.append(SoapContract.load(file, root))
        except (Broken, ValueError):  # of no use at source, or without a binding of its own
            continue
    return found


def same(read: tuple[Any, Any], said: Sampled) -> bool:
    """But for what did not come, which a sample need not name."""
    return bool(substance(list(read)) == substance([said.body, said.header]))


@pytest.mark.parametrize("place", OPERATIONS)
def test_every_operation_is_compiled_and_read_as_it_was_written(real: Path, place: str) -> None:
    count = 0
    for contract in contracts(real, place):
        assert contract.fallbacks == {}
        for operation in contract.operations:
            count += 1
            request = sampled_request(contract, operation)
            sent = contract.write(operation, request.body, request.header)
            read = contract.read_request(operation, sent)
            assert same((read.parameters, read.header), request), operation
            if not contract.one_way(operation):
                reply = sampled_reply(contract, operation)
                told = contract.read(operation, contract.write_reply(operation, reply.body, reply.header))
                assert same((told.body, told.header), reply), operation
    assert count == OPERATIONS[place]


LISTS = {"jbilling": 47, "zuora/zuora.a.78.0.wsdl": 9, "oscm": 2, "xius-msp": 217, "parlayx-account": 3}
"""How many lists in their replies are read by columns."""


@pytest.mark.parametrize("place", LISTS)
def test_long_lists_are_read_by_columns_as_they_are_in_full(real: Path, place: str) -> None:
    count = 0
    for contract in contracts(real, place):
        for name in contract.operations:
            operation = contract._operations[name]
            for rows in getattr(operation.reply, "_lists", ()):
                reply = sampled_reply(contract, name)
                *above, last = rows._path
                try:
                    reduce(getitem, above, reply.body)[last] *= 40
                except (KeyError, TypeError):  # the sample has none
                    continue
                document = contract.write_reply(name, reply.body, reply.header)
                if rows.cut(document.decode()) is not None:
                    assert repr(contract.read(name, document)) == repr(contract._told(operation, document)), name
                    count += 1
    assert count == LISTS[place]
