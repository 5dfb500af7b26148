"""Services in the network: the mirror of what the OSS runs for each mirrored customer."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from contracts.call import Call
from contracts.clock import rfc3339
from contracts.model import Service
from contracts.ports import ServicePort
from gateway.flows.mirror import PATIENCE_S, Mirror, each, keep_fresh, pages
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Document

CUSTOMER = "TMF629/customer"
KIND = "TMF638/service"


@dataclass(frozen=True, slots=True)
class Provided:
    """A service with our ids, ready to be shown."""

    id: str
    service: Service
    customer_id: str | None
    since: str
    """When we saw it first: the OSS dates nothing."""


Translate = Callable[[Provided], dict[str, Any]]


class Services:
    def __init__(self, mirror: Mirror, ports: Ports, translate: Translate) -> None:
        self._mirror = mirror
        self._ports = ports
        self._translate = translate

    async def service(self, call: Call, id: str) -> Document:
        """Read through to the OSS; the mirror answers while it does not."""
        kept = await self._mirror.known(call.principal, KIND, id, "service")

        async def read(serving: Serving[ServicePort], native: str) -> Document:
            return await self._keep(serving, await serving.port.service(call, native), kept.owner)

        return await self._mirror.through(call, kept, "service", self._ports.all(ServicePort), read)

    async def sync(self) -> None:
        """Bring the services of every mirrored customer up to date."""
        await self._mirror.require_whole(CUSTOMER)
        await each(self._ports.all(ServicePort), self._sync)
        await self._mirror.mark_whole(KIND)

    async def run(self) -> None:
        every = min((serving.sync_every_s for serving in self._ports.all(ServicePort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._mirror.clock)

    async def _sync(self, serving: Serving[ServicePort]) -> None:
        seen: set[str] = set()
        with self._mirror.asking(serving.system, KIND):
            async for customer in self._mirror.every(CUSTOMER):
                async for service in self._running(serving, customer):
                    seen.add((await self._keep(serving, service, customer.id)).id)
        for row in await self._mirror.unseen(KIND, serving.system, seen):
            with suppress(Unknown):
                await self.service(self._mirror.call(), row.id)

    async def _running(self, serving: Serving[ServicePort], customer: Document) -> AsyncIterator[Service]:
        """What we activated stands under our id of the customer, what was there before under billing's."""
        if customer.source is None:
            return
        native = await self._mirror.store.native(self._mirror.principal, "customer", customer.id, customer.source)
        for name in (customer.id, *([native.native_id] if native else ())):
            async for service in pages(partial(serving.port.services, self._mirror.call(), name)):
                yield service

    async def _keep(self, serving: Serving[ServicePort], service: Service, customer: str | None) -> Document:
        known = await self._mirror.crossref("service", serving.system, service.id)
        before = await self._mirror.store.get(self._mirror.principal, KIND, known.id)
        since = str(before.body["serviceDate"]) if before else rfc3339(self._mirror.clock.now())
        body = self._translate(Provided(known.id, service, customer, since))
        return await self._mirror.keep(Document(KIND, known.id, body, owner=customer, source=serving.system), known)
