"""TMF654 before a system that keeps balances: read live, topped up once; without one, a document store as any."""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from contracts.errors import Unsupported
from contracts.page import Window
from contracts.ports import BalancePort
from gateway.api.lacking import Lacks, explained
from gateway.api.mastered import SharedRoom
from gateway.api.tmf630.contract import Contracts, Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.balance import ACTION, BUCKET, TOP_UP, TOTAL, Balances, TopUps
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Clash, Later
from gateway.policy.ports import Ports
from gateway.store.port import Document, Found

WHY = "balances change by top-ups and by use, where they are kept"
UNSERVED = {
    "TMF654/adjustBalance": "the system that keeps the balances adjusts them by itself",
    "TMF654/reserveBalance": "the system that keeps the balances reserves on them by itself",
    "TMF654/transferBalance": "the system that keeps the balances moves nothing between them for us",
}
OWN_WORDS = frozenset({"description", "reason", "channel", "payment", "paymentMethod", "requestor", "relatedParty"})
"""What a client may say of a top-up afterwards."""


class BalanceRoom(SharedRoom):
    """Buckets and what they come to, beside those that clients keep here."""

    def __init__(self, resource: Resource, mirror: Mirror, balances: Balances) -> None:
        async def read(call: Any, id: str) -> Document:
            return await balances.row(call, resource.kind, id)

        super().__init__(resource, mirror, read, WHY)
        self._balances = balances

    async def find(self, asked: Asked, window: Window) -> Found:
        return await self._balances.rows(asked.call, self.resource.kind, window)


class ActionRoom(SharedRoom):
    """The history of balances."""

    def __init__(self, resource: Resource, mirror: Mirror, balances: Balances, lacks: Lacks) -> None:
        super().__init__(resource, mirror, balances.action, WHY)
        self._balances = balances
        self._lacks = lacks

    async def find(self, asked: Asked, window: Window) -> Found:
        with explained(self._lacks):
            return await self._balances.actions(asked.call, window)


class TopUpRoom(DocumentRoom):
    def __init__(self, resource: Resource, mirror: Mirror, top_ups: TopUps, lacks: Lacks) -> None:
        super().__init__(resource, mirror.store, mirror.clock)
        self._top_ups = top_ups
        self._lacks = lacks

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        try:
            with explained(self._lacks):
                return await self._top_ups.accept(asked.principal, body, asked.remember)
        except Later as later:
            wait = {"Retry-After": str(math.ceil(later.wait_s))}
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, later.code, later.reason, headers=wait) from None

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self._expected(asked, id)
        body = patch(before.body)
        if body.get("status") == before.body["status"]:
            return await super().change(asked, id, patch)
        if asked.principal.customers is not None:
            raise Clash("balance.status", "the status of a top-up is told by the system that makes it")
        return await self._top_ups.settle(before, body, asked.remember)

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        if before is not None:
            touched = {name for name in body.keys() | before.keys() if body.get(name) != before.get(name)}
            if touched - OWN_WORDS:
                raise Clash("balance.made", f"a top-up is made as it was asked for; {min(touched - OWN_WORDS)} stays")
        return await super().accept(asked, body, before)

    async def remove(self, asked: Asked, id: str) -> None:
        before = await self._expected(asked, id)
        if before.body["status"] in ("inProgress", "held"):
            raise Clash("balance.kept", "the top-up is not settled yet")
        await super().remove(asked, id)


class UnservedRoom(DocumentRoom):
    def __init__(self, resource: Resource, mirror: Mirror, why: str) -> None:
        super().__init__(resource, mirror.store, mirror.clock)
        self._why = why

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:  # noqa: ARG002 - refused whatever it says
        raise Unsupported(self._why)


def rooms(
    contracts: Contracts, mirror: Mirror, ports: Ports, balances: Balances, top_ups: TopUps, lacks: Lacks
) -> dict[str, Room]:
    """None where no system keeps balances: what clients say of them is then kept as it is."""
    if not ports.all(BalancePort):
        return {}
    return {
        BUCKET: BalanceRoom(contracts.resource(BUCKET), mirror, balances),
        TOTAL: BalanceRoom(contracts.resource(TOTAL), mirror, balances),
        ACTION: ActionRoom(contracts.resource(ACTION), mirror, balances, lacks),
        TOP_UP: TopUpRoom(contracts.resource(TOP_UP), mirror, top_ups, lacks),
        **{kind: UnservedRoom(contracts.resource(kind), mirror, why) for kind, why in UNSERVED.items()},
    }
