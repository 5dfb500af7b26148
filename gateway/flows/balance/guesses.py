"""Nobody finds out vouchers by trying: after some that failed, a customer's next ones are refused for a while.

A try counts from when it is accepted until its voucher turns out to be spent for it or not to be spent at all: what is
left are those that the system refused, and many at once count as many.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from contracts.clock import Clock, rfc3339
from gateway.flows.balance.pending import Pending
from gateway.flows.refusal import Later
from gateway.security import BANYAN
from gateway.store.port import Document, Put, Stale, Store

KIND = "banyan/voucherTries"
MOST = 5
WINDOW = timedelta(minutes=15)


class Guesses:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def counted(self, pending: Pending) -> Put:
        """The change that counts this try, or raises Later; Stale when another try came between."""
        kept, now = await self._kept(pending), self._clock.now()
        tries = {id: at for id, at in kept.body.items() if datetime.fromisoformat(at) > now - WINDOW}
        if len(tries) >= MOST:
            free = datetime.fromisoformat(sorted(tries.values())[-MOST]) + WINDOW
            wait_s = (free - now).total_seconds()
            raise Later("balance.guesses", "too many vouchers have failed; come back later", wait_s)
        return _put(kept, {**tries, pending.id: rfc3339(now)})

    async def forget(self, pending: Pending) -> None:
        """It was no guess. Where another try comes between, this one is only forgotten later."""
        kept = await self._kept(pending)
        if pending.id in kept.body:
            with suppress(Stale):
                await self._store.commit(_put(kept, {id: at for id, at in kept.body.items() if id != pending.id}))

    async def _kept(self, pending: Pending) -> Document:
        """By customer, and by number where nobody knows whose it is."""
        who = pending.owner or pending.subscriber
        return await self._store.get(BANYAN, KIND, who) or Document(KIND, who, {})


def _put(kept: Document, tries: Mapping[str, Any]) -> Put:
    return Put(Document(KIND, kept.id, dict(tries), revision=kept.revision + 1), expect=kept.revision)
