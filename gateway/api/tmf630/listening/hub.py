"""Listeners: where events are delivered, registered per API and version and kept as documents."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from uuid_utils import uuid7

from contracts.page import Condition, Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.interest import check_interest, read_interest
from gateway.api.tmf630.room import Asked
from gateway.events.signing import is_secret, new_secret
from gateway.flows.refusal import Clash, Unknown
from gateway.security import BANYAN
from gateway.store import deliveries
from gateway.store.encoding import to_json
from gateway.store.port import Document, Drop, Found, Put, Stale
from gateway.store.sql_store import SqlStore

KIND = "banyan/hub"
_ONCE = "banyan/hub-once"
"""One for each listener, by what it asks for: the second of two alike finds it taken."""
_MOST = 100_000
_HIDDEN = frozenset({"api", "version", "client", "customers", "secrets", "topic", "gathers", "once"})
_OURS = frozenset({"secret", "suspended", "unverified"})
_WAIT_S = 3_600


class Hub:
    """The room of every API's listeners: registers, shows and forgets them. A client sees its own, and of those only
    what hears of no customer that the caller may not see.
    """

    def __init__(self, store: SqlStore, contracts: Contracts, rules: Rules) -> None:
        self._store = store
        self._contracts = contracts
        self._rules = rules

    async def get(self, asked: Asked, id: str) -> Document:
        return _shown(await self.own(asked, id))

    async def own(self, asked: Asked, id: str) -> Document:
        """The whole of it, for whoever works on it; Unknown when it is somebody else's."""
        document = await self._store.get(asked.principal, KIND, id)
        if document is None or not self._is_own(asked, document):
            raise Unknown("hub.unknown", "no listener of yours has this id")
        return document

    async def find(self, asked: Asked, window: Window) -> Found:
        own = tuple(Condition(name, "eq", (value,)) for name, value in self.of(asked).items())
        whole = replace(window, offset=0, limit=_MOST, conditions=(*window.conditions, *own))
        found = await self._store.find(asked.principal, KIND, whole)
        mine = [_shown(document) for document in found.items if self._is_own(asked, document)]
        return replace(found, items=mine[window.offset : window.offset + window.limit], total=len(mine))

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        """The answer tells the secret that deliveries are signed with, this once."""
        callback, query = body["callback"], body.get("query") or ""
        await self._rules.check(callback)
        self.check_query(asked, query)
        secret = _secret(body) or new_secret()
        await self._check_room(asked)
        of = self.of(asked)
        customers = _customers(asked)
        once = hashlib.sha256(to_json([*of.values(), callback, query, customers]).encode()).hexdigest()
        id = str(uuid7())
        told = {name: value for name, value in body.items() if name not in (*_OURS, *_HIDDEN)}
        kept = {**told, **of, **await self.more(asked), "customers": customers, "secrets": [secret]}
        if not await self._rules.welcome(callback):
            kept["unverified"] = True
        document = Document(KIND, id, {**kept, "id": id, "once": once}, revision=1)
        answer = _shown(document)
        answer = replace(answer, body={**answer.body, "secret": secret})
        taken = Put(Document(_ONCE, once, {"id": id}), expect=0)
        try:
            await self._store.commit(taken, Put(document, expect=0), *asked.remember(answer))
        except Stale:
            raise Clash("hub.twice", "a listener of yours has this callback and query already") from None
        return answer

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        """A new secret signs beside the one before it; `suspended` and `unverified` go by being set to null."""
        before = await self.own(asked, id)
        shown = _shown(before).body
        after = patch(shown)
        touched = {name for name in shown.keys() | after.keys() if shown.get(name) != after.get(name)}
        if touched - _OURS or (touched - {"secret"}) & after.keys():
            raise Clash("hub.fixed", "of a listener its secret is changed, or its suspension lifted, and nothing else")
        if "unverified" in touched and not await self._rules.welcome(before.body["callback"]):
            raise Clash("hub.unverified", "the host of the callback has not said that it wants to hear")
        secret = _secret(after)
        kept = {name: value for name, value in before.body.items() if name not in touched}
        if secret is not None:
            kept["secrets"] = [secret, *before.body["secrets"]][:2]
        document = replace(before, body=kept, revision=before.revision + 1)
        answer = _shown(document)
        await self._store.commit(Put(document, expect=asked.expect or before.revision), *asked.remember(answer))
        return answer

    async def remove(self, asked: Asked, id: str) -> None:
        document = await self.own(asked, id)
        once = Drop(_ONCE, document.body["once"])
        await self._store.commit(Drop(KIND, id, expect=asked.expect), once, *asked.remember(_shown(document)))
        await deliveries.forget(self._store, id)

    async def resume(self, id: str) -> None:
        """What is asked for once more is not held back by a suspension."""
        document = await self._store.get(BANYAN, KIND, id)
        if document is not None and "suspended" in document.body:
            body = {name: value for name, value in document.body.items() if name != "suspended"}
            await self._store.commit(Put(replace(document, body=body), expect=document.revision))
        self._store.wake()

    def of(self, asked: Asked) -> dict[str, str]:
        """Whose it is, and what it listens to."""
        return {"api": asked.api, "version": asked.version, "client": asked.principal.client}

    async def more(self, asked: Asked) -> dict[str, Any]:
        """What else has to be known of a new one."""
        del asked
        return {}

    def check_query(self, asked: Asked, query: str) -> None:
        check_interest(read_interest(query), self._contracts.contract(asked.api, asked.version))

    async def _check_room(self, asked: Asked) -> None:
        mine = Window(limit=1, conditions=(Condition("client", "eq", (asked.principal.client,)),))
        if (await self._store.find(asked.principal, KIND, mine)).total >= self._rules.most:
            wait = {"Retry-After": str(_WAIT_S)}
            reason = f"a client has at most {self._rules.most} listeners"
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "hub.full", reason, headers=wait)

    def _is_own(self, asked: Asked, document: Document) -> bool:
        if not self.of(asked).items() <= document.body.items():
            return False
        heard, seen = document.body.get("customers"), asked.principal.customers
        return seen is None or (heard is not None and seen.issuperset(heard))


def _customers(asked: Asked) -> list[str] | None:
    return None if asked.principal.customers is None else sorted(asked.principal.customers)


def _secret(body: dict[str, Any]) -> str | None:
    secret = body.get("secret")
    if secret is not None and not (isinstance(secret, str) and is_secret(secret)):
        raise malformed("hub.secret", "secret must be whsec_ and 24 to 64 bytes in base64")
    return secret


def _shown(document: Document) -> Document:
    """Without what says whose listener it is, and without what it trusts us by."""
    return replace(document, body={name: value for name, value in document.body.items() if name not in _HIDDEN})
