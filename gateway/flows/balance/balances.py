"""Balances and their history, read from their system whenever they are asked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contracts.call import Call, Principal
from contracts.errors import NotFound, PortError
from contracts.page import Condition, Window
from contracts.ports import BalancePort
from gateway.flows.balance.keeping import Keeping
from gateway.flows.balance.nouns import ACTION, Held, Translate
from gateway.flows.balance.subscribers import Subscribers
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Document, Found

HISTORY = timedelta(days=30)
"""How much of the past is told when nobody says how much."""
AHEAD = timedelta(hours=1)
"""How far the legacy's clock may be before ours."""
MOST_NUMBERS = 50
"""So many subscribers are asked for within one list; the legacy counts as missing for the others."""


class Balances:
    def __init__(self, mirror: Mirror, ports: Ports, subscribers: Subscribers, translate: Translate) -> None:
        self._mirror = mirror
        self._ports = ports
        self._subscribers = subscribers
        self._keeping = Keeping(mirror, subscribers, translate)

    async def row(self, call: Call, kind: str, id: str) -> Document:
        """A bucket or a total as it is now; as it was while its system is silent, unless a top-up came since."""
        kept = await self._known(call.principal, kind, id)
        serving = next((one for one in self._ports.all(BalancePort) if one.system == kept.source), None)
        if serving is None:
            return kept
        missing = await self._refresh(call, serving, _number_of(kept.body))
        return replace(await self._known(call.principal, kind, id), missing=tuple(missing))

    async def rows(self, call: Call, kind: str, window: Window) -> Found:
        """The buckets or totals of the subscribers that the window names, and what else is kept here."""
        serving = self._ports.serving(BalancePort, operator=call.operator)
        asked, missing = await self._asked(call.principal, window, serving)
        for number in asked:
            missing |= await self._refresh(call, serving, number)
        found = await self._mirror.store.find(call.principal, kind, window)
        return replace(found, missing=tuple(sorted(missing)))

    async def actions(self, call: Call, window: Window) -> Found:
        """The history of the subscribers that the window names; its last 30 days unless it says since when."""
        serving = self._ports.serving(BalancePort, operator=call.operator)
        numbers, missing = await self._asked(call.principal, window, serving)
        since, until = self._range(window.conditions)
        for number in numbers:
            asked = self._mirror.clock.now()
            try:
                moves = await serving.port.moves(call, number, since, until)
            except NotFound:
                continue
            await self._keeping.moves(serving.system, number, moves, asked)
        found = await self._mirror.store.find(call.principal, ACTION, window)
        return replace(found, missing=tuple(sorted(missing)))

    async def action(self, call: Call, id: str) -> Document:
        """A line of the history as it was read: what has happened does not change."""
        return await self._known(call.principal, ACTION, id)

    async def held(self, call: Call, serving: Serving[BalancePort], number: str) -> list[Held]:
        """What the subscriber has now, mirrored as well; nothing of one whom the system does not know."""
        asked = self._mirror.clock.now()
        try:
            found = await serving.port.buckets(call, number)
        except NotFound:
            found = []
        return await self._keeping.buckets(serving.system, number, found, asked)

    async def renew(self, call: Call, number: str) -> None:
        """Read a subscriber's balance again, for whoever listens to it; a system that is silent is left alone."""
        try:
            await self._refresh(call, self._ports.serving(BalancePort, operator=call.operator), number)
        except PortError:
            return

    async def _known(self, principal: Principal, kind: str, id: str) -> Document:
        kept = await self._mirror.store.get(principal, kind, id)
        if kept is None:
            raise Unknown("balance.unknown", "There is no such balance")
        return kept

    async def _asked(
        self, principal: Principal, window: Window, serving: Serving[BalancePort]
    ) -> tuple[list[str], set[str]]:
        """The numbers to ask for; and the system, where it has more than can be asked for."""
        named = await self._subscribers.asked(principal, window.conditions)
        whole = named is not None and len(named) <= MOST_NUMBERS
        return (named or [])[:MOST_NUMBERS], set() if whole else {serving.system}

    async def _refresh(self, call: Call, serving: Serving[BalancePort], number: str) -> set[str]:
        """The system, where it does not answer and its last word still holds."""
        try:
            await self.held(call, serving, number)
        except PortError:
            if await self._keeping.still_holds(serving.system, number):
                return {serving.system}
            raise
        return set()

    def _range(self, conditions: Sequence[Condition]) -> tuple[datetime, datetime]:
        """As wide as the conditions on the date; what it takes in too much, the conditions leave out again."""
        now = self._mirror.clock.now()
        since, until = now - HISTORY, now + AHEAD
        for condition in conditions:
            if condition.path in ("confirmationDate", "requestedDate") and not condition.otherwise:
                if condition.operator in ("gt", "gte"):
                    since = min(map(datetime.fromisoformat, condition.values))
                elif condition.operator in ("lt", "lte"):
                    until = max(map(datetime.fromisoformat, condition.values)) + timedelta(seconds=1)
        return since, until


def _number_of(body: dict[str, Any]) -> str:
    """The subscriber of a mirrored row."""
    return str(body["logicalResource"][0]["id"])
