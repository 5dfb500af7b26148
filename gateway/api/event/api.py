"""TMF688 Event: a topic gathers events by its queries, takes what clients publish, and has listeners of its own."""

from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock, rfc3339
from contracts.page import Condition, Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom, owner_of
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.envelope import POSTED, Envelopes
from gateway.api.tmf630.listening.hub import KIND, Hub
from gateway.api.tmf630.listening.interest import meets, read_interest
from gateway.api.tmf630.room import Asked, Room
from gateway.events import Ear
from gateway.flows.refusal import Unknown
from gateway.store import outbox
from gateway.store.port import Document, Drop, Emit, Event, Found
from gateway.store.sql_store import SqlStore
from gateway.telemetry.marks import pseudonym, traceparent

TOPIC = "TMF688/topic"
HUB = "TMF688/hub"
_AT_ONCE = 500
_ALL = 100_000


class Topics(DocumentRoom):
    """`headerQuery` and `contentQuery` are queries as a listener writes them; a topic without has what is published."""

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        del asked, before
        for query in _queries(body):
            read_interest(query)
        return body

    async def remove(self, asked: Asked, id: str) -> None:
        """Its listeners go with it."""
        await super().remove(asked, id)
        mine = Window(limit=_ALL, conditions=(Condition("topic", "eq", (id,)),))
        heard = await self.store.find(asked.principal, KIND, mine)
        await self.store.commit(*(Drop(KIND, listener.id) for listener in heard.items))


class TopicHub(Hub):
    """The listeners of a topic."""

    def __init__(self, store: SqlStore, contracts: Contracts, rules: Rules, topics: Topics) -> None:
        super().__init__(store, contracts, rules)
        self._topics = topics

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        await _topic(self._topics, asked)
        return await super().create(asked, body)

    def of(self, asked: Asked) -> dict[str, str]:
        return {**super().of(asked), "topic": asked.parents[-1]}

    async def more(self, asked: Asked) -> dict[str, Any]:
        return {"gathers": _queries((await _topic(self._topics, asked)).body)}

    def check_query(self, asked: Asked, query: str) -> None:
        """A topic's events may be of any API, so that any attribute may be one of theirs."""
        del asked
        read_interest(query)


class TopicEvents(DocumentRoom):
    """What a topic holds: events are read from the outbox, as long as they are retained, and published into it."""

    def __init__(self, contracts: Contracts, store: SqlStore, clock: Clock, topics: Topics) -> None:
        super().__init__(contracts.resource(POSTED), store, clock)
        self._database = store.database
        self._envelopes = Envelopes(contracts)
        self._topics = topics

    async def get(self, asked: Asked, id: str) -> Document:
        ear = await self._ear(asked)
        event = await outbox.maybe(self._database, id)
        if event is None or not self._envelopes.hears(event, ear):
            raise Unknown("resource.unknown", "no event of this topic has this id, or it is kept no longer")
        return self._document(event, ear)

    async def find(self, asked: Asked, window: Window) -> Found:
        ear = await self._ear(asked)
        found: list[Document] = []
        last = 0
        while rows := await outbox.retained(self._database, last, _AT_ONCE):
            last = rows[-1][0]
            heard = [self._document(event, ear) for _, event in rows if self._envelopes.hears(event, ear)]
            found += [each for each in heard if all(meets(each.body, one) for one in window.conditions)]
        return Found(found[window.offset : window.offset + window.limit], len(found))

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        ear = await self._ear(asked)
        now = self.clock.now()
        owner = owner_of(asked, body)
        event = Event(
            id=str(uuid7()),
            type=body.get("eventType") or "Event",
            kind=POSTED,
            resource_id=asked.parents[-1],
            body={"eventTime": rfc3339(now), **body},
            at=now,
            owner=owner,
            customer_ref=pseudonym(owner),
            trace=traceparent(),
        )
        document = self._document(event, ear)
        await self.store.commit(Emit(event), *asked.remember(document))
        return document

    async def _ear(self, asked: Asked) -> Ear:
        topic = await _topic(self._topics, asked)
        gathers = tuple(_queries(topic.body))
        return Ear(asked.api, asked.version, "", asked.principal.customers, topic.id, gathers)

    def _document(self, event: Event, ear: Ear) -> Document:
        return Document(POSTED, event.id, self._envelopes.render(event, ear), owner=event.owner)


async def _topic(topics: Topics, asked: Asked) -> Document:
    return await topics.get(asked, asked.parents[-1])


def _queries(topic: dict[str, Any]) -> list[str]:
    return [topic[name] for name in ("headerQuery", "contentQuery") if topic.get(name)]


def rooms(contracts: Contracts, store: SqlStore, clock: Clock, rules: Rules) -> dict[str, Room]:
    topics = Topics(contracts.resource(TOPIC), store, clock)
    return {
        TOPIC: topics,
        HUB: TopicHub(store, contracts, rules, topics),
        POSTED: TopicEvents(contracts, store, clock, topics),
    }
