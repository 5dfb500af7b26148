"""The codec alone: a reply of 500 rows read by our contract and by zeep, in CPU time, with equal results."""

# mypy: allow-untyped-calls
import time
from collections.abc import Callable
from typing import Any

from lxml import etree
from zeep import Client

from banyan.soap import SoapContract
from benchmarks.soap.products import OPERATION, WSDL, reply

ROWS, ROUNDS, CALLS = 500, 7, 10
BINDING = "{urn:banyan:bench}ProductsSoap"


def least_ms(read: Callable[[], Any]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(CALLS):
            read()
        rounds.append((time.thread_time() - began) / CALLS * 1000)
    return min(rounds)


def measure() -> None:
    document = reply(ROWS)
    contract = SoapContract.load(WSDL)
    operation: Any = Client(str(WSDL)).wsdl.bindings[BINDING].get(OPERATION)

    def ours() -> Any:
        return contract.read(OPERATION, document).body["return"]

    def zeeps() -> Any:
        return operation.process_reply(etree.fromstring(document))

    assert ours() == [dict(row.__values__) for row in zeeps()]
    mine, theirs = least_ms(ours), least_ms(zeeps)
    what = f"a reply of {ROWS} rows, {len(document)} bytes"
    print(f"{what}, ms: ours {mine:.2f}, zeep {theirs:.2f}, ratio {mine / theirs:.2f}")
