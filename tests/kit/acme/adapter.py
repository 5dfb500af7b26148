"""A small prepaid system, its adapter and its simulator: what the kit's own tests test."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, SecretStr

from banyan import Call, Clock, Garbled, NotFound, PortError
from banyan.model import Bucket, Money
from banyan.ports import BalancePort
from banyan.simulate import Ledger, Operation, Request, Simulator
from banyan.soap import SoapClient, SoapContract, SoapFault, port_error
from banyan.wire import Wire

WSDL = Path(__file__).parent / "acme.wsdl"
KNOWN, OTHER, UNKNOWN = "491701234567", "491707654321", "491700000000"
AMOUNTS: Mapping[str, str] = {KNOWN: "12.50", OTHER: "0.75"}


class Config(BaseModel):
    endpoint: str
    password: SecretStr = SecretStr("hush-hush-hush")


class Acme(BalancePort):
    def __init__(self, config: Config, clock: Clock) -> None:
        wire = Wire("acme", clock=clock, timeout_s=2, concurrency=8)
        self._soap = SoapClient(SoapContract.load(WSDL), wire, config.endpoint, fault=what_it_means)
        self._config = config

    async def probe(self, call: Call) -> None:
        await self.buckets(call, KNOWN)

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        sent = {"messageId": uuid4().hex, "password": self._config.password.get_secret_value(), "msisdn": subscriber}
        told = (await self._soap.call(call, "getBalance", sent)).body
        if (told["messageId"], told["msisdn"]) != (sent["messageId"], subscriber):
            raise Garbled("the reply is about somebody else")
        return [Bucket("main", subscriber, "monetary", Money(told["amount"]), told["until"], told["owner"])]


def what_it_means(fault: SoapFault) -> PortError:
    return NotFound("no such subscriber") if fault.message == "unknown" else port_error(fault)


def simulator(ledger: Ledger, clock: Clock) -> Simulator:
    def balance(request: Request) -> dict[str, Any]:
        asked = request.parameters
        if asked["msisdn"] not in AMOUNTS:
            raise SoapFault("Client", "unknown")
        return {
            "messageId": asked["messageId"],
            "msisdn": asked["msisdn"],
            "owner": "Jürgen",
            "state": "ACTIVE",
            "amount": Decimal(AMOUNTS[asked["msisdn"]]),
            "until": datetime(2027, 1, 1, tzinfo=UTC),
        }

    def stranger(_: Request, true: dict[str, Any]) -> dict[str, Any]:
        return {**true, "messageId": "another"}

    operations = {"getBalance": Operation(balance, stranger)}
    return Simulator("acme", SoapContract.load(WSDL), operations, ledger, clock, lambda: None)
