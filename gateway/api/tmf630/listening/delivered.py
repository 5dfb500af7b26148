"""What a listener got, did not get, and shall get again: its deliveries, and the replays it asked for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock, rfc3339
from contracts.page import Condition, Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.api.tmf630.listening.hub import Hub
from gateway.api.tmf630.room import Asked, Room
from gateway.events import Listener
from gateway.flows.refusal import Clash, Unknown
from gateway.store import deliveries, outbox
from gateway.store.deliveries import Delivery
from gateway.store.operators import holds
from gateway.store.port import Document, Event, Found, Put
from gateway.store.sql_store import SqlStore

KIND = "banyan/delivery"
REPLAY = "banyan/replay"
_TURNS = {
    ("pending", "parked"),
    ("pending", "cancelled"),
    ("parked", "cancelled"),
    ("parked", "pending"),
    ("cancelled", "pending"),
    ("delivered", "pending"),
}
_AT_ONCE = 500
_MOST_NAMED = 1_000


class _Fixed:
    """Satisfies the writing half of `Room` where the contract has no such method."""

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        raise _no_method(asked, body)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        raise _no_method(asked, id, patch)

    async def remove(self, asked: Asked, id: str) -> None:
        raise _no_method(asked, id)


class Deliveries(_Fixed):
    """One for each event that a listener heard of; it goes by the event's id."""

    def __init__(self, hub: Hub, store: SqlStore, clock: Clock) -> None:
        self._hub = hub
        self._store = store
        self._clock = clock

    async def get(self, asked: Asked, id: str) -> Document:
        return _document(await self._one(await self._listener(asked), id))

    async def find(self, asked: Asked, window: Window) -> Found:
        listener = await self._listener(asked)
        wanted = [each for each in window.conditions if (each.path, each.operator) == ("state", "eq")]
        state = wanted[0].values[0] if wanted and len(wanted[0].values) == 1 and not wanted[0].otherwise else None
        if state is not None and state not in deliveries.STATES:
            return Found([], 0)
        listed = await deliveries.listed(self._store.database, listener.id, state)
        found = [each for each in map(_document, listed) if all(_meets(each, one) for one in window.conditions)]
        return Found(found[window.offset : window.offset + window.limit], len(found))

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        """Park it, let it go on, deliver it once more, or cancel it."""
        listener = await self._listener(asked)
        before = await self._one(listener, id)
        to = patch(_document(before).body).get("state")
        if to != before.state:
            if (before.state, str(to)) not in _TURNS:
                raise Clash("delivery.state", f"a delivery that is {before.state} cannot become that")
            turn = deliveries.turn(listener.id, id, before.state, str(to), self._clock.now())
            await self._store.database.commit(turn)
            if to == "pending":
                await self._hub.resume(listener.id)
        after = _document(await self._one(listener, id))
        if changes := asked.remember(after):
            await self._store.commit(*changes)
        return after

    async def _listener(self, asked: Asked) -> Document:
        return await self._hub.own(asked, asked.parents[-1])

    async def _one(self, listener: Document, event: str) -> Delivery:
        for found in await deliveries.listed(self._store.database, listener.id, None, event):
            return found
        raise Unknown("delivery.unknown", "this listener was sent no such event, or it is kept no longer")


class Replays(_Fixed):
    """Past events once more: of a span of time, or by their ids, as far as they are retained."""

    def __init__(self, hub: Hub, store: SqlStore, clock: Clock, envelopes: Envelopes) -> None:
        self._hub = hub
        self._store = store
        self._clock = clock
        self._envelopes = envelopes

    async def get(self, asked: Asked, id: str) -> Document:
        listener = await self._hub.own(asked, asked.parents[-1])
        document = await self._store.get(asked.principal, REPLAY, id)
        if document is None or document.body["hub"] != listener.id:
            raise Unknown("resource.unknown", "no replay has this id")
        return _told(document)

    async def find(self, asked: Asked, window: Window) -> Found:
        listener = await self._hub.own(asked, asked.parents[-1])
        own = Condition("hub", "eq", (listener.id,))
        found = await self._store.find(asked.principal, REPLAY, replace(window, conditions=(*window.conditions, own)))
        return replace(found, items=[_told(document) for document in found.items])

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        listener = await self._hub.own(asked, asked.parents[-1])
        chosen = _chosen(body)
        count = await self._replay(Listener.of(listener), chosen)
        kept = {**body, "hub": listener.id, "count": count, "state": "done"}
        document = Document(REPLAY, str(uuid7()), kept, revision=1)
        await self._hub.resume(listener.id)
        await self._store.commit(Put(document, expect=0), *asked.remember(_told(document)))
        self._store.wake()
        return _told(document)

    async def _replay(self, listener: Listener, chosen: Callable[[Event], bool]) -> int:
        count, last = 0, 0
        while events := await outbox.after(self._store.database, last, _AT_ONCE):
            last = events[-1][0]
            wanted = [event for _, event in events if chosen(event) and self._envelopes.hears(event, listener.ear)]
            now = self._clock.now()
            await self._store.database.commit(*deliveries.again(wanted, listener.document.id, now))
            count += len(wanted)
        return count


def _chosen(body: dict[str, Any]) -> Callable[[Event], bool]:
    named = body.get("eventId")
    start, end = (datetime.fromisoformat(body[name]) if name in body else None for name in ("from", "to"))
    if named is None and start is None and end is None:
        raise malformed("replay.which", "a replay says which events: from, to or eventId")
    if named is not None and len(named) > _MOST_NAMED:
        raise malformed("replay.which", f"a replay names at most {_MOST_NAMED} events")

    def chosen(event: Event) -> bool:
        return (
            (named is None or event.id in named)
            and (start is None or event.at >= start)
            and (end is None or event.at < end)
        )

    return chosen


def _document(delivery: Delivery) -> Document:
    when = "nextAttempt" if delivery.state == "pending" else "endDate"
    facts = {
        "id": delivery.event,
        "state": delivery.state,
        "eventType": delivery.type,
        "eventTime": rfc3339(delivery.at),
        "resource": delivery.kind.partition("/")[2],
        "resourceId": delivery.resource_id,
        "attempts": delivery.data["failures"] + (delivery.state == "delivered"),
        when: rfc3339(delivery.due),
    }
    if "status" in delivery.data:
        facts["lastStatus"] = delivery.data["status"]
    return Document(KIND, delivery.event, facts)


def _meets(document: Document, condition: Condition) -> bool:
    return any(holds(document.body.get(each.path), each) for each in (condition, *condition.otherwise))


def _told(document: Document) -> Document:
    return replace(document, body={name: value for name, value in document.body.items() if name != "hub"})


def _no_method(*_: object) -> Refused:
    return Refused(HTTPStatus.METHOD_NOT_ALLOWED, "request.method", "not a method of this path")


def hub_rooms(contracts: Contracts, store: SqlStore, clock: Clock, rules: Rules) -> dict[str, Room]:
    """By the name of the noun: the listeners of every API, and what lies within a listener."""
    hub = Hub(store, contracts, rules)
    return {
        "hub": hub,
        "delivery": Deliveries(hub, store, clock),
        "replay": Replays(hub, store, clock, Envelopes(contracts)),
    }
