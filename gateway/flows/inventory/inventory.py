"""Products that only the legacy knows: the mirror of its subscriptions, beside the products of our own orders."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from contracts.call import Call
from contracts.model import Subscription
from contracts.noun import noun
from contracts.ports import InventoryPort
from gateway.flows.mirror import PATIENCE_S, Mirror, each, keep_fresh, pages
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Document

CUSTOMER = "TMF629/customer"
PRODUCT = "TMF637/product"
ORDER = "TMF622/productOrder"


@noun
class Held:
    """A subscription with our ids, ready to be shown."""

    id: str
    subscription: Subscription
    customer_id: str
    account_id: str | None
    offerings: dict[str, str]
    """Native offering id -> ours."""


Translate = Callable[[Held], dict[str, Any]]


class Inventory:
    def __init__(self, mirror: Mirror, ports: Ports, translate: Translate) -> None:
        self._mirror = mirror
        self._ports = ports
        self._translate = translate

    async def product(self, call: Call, id: str) -> Document:
        """A product of ours as it is; one of the legacy's read through, or from the mirror while it does not answer."""

        async def read(serving: Serving[InventoryPort], native: str) -> Document:
            customer = await self._mirror.known(call.principal, CUSTOMER, kept.owner or "", "customer")
            return await self._keep(serving, customer, await serving.port.subscription(call, native))

        kept = await self._mirror.known(call.principal, PRODUCT, id, "product")
        return await self._mirror.through(call, kept, "product", self._ports.all(InventoryPort), read)

    async def sync(self) -> None:
        """Bring the subscriptions of every mirrored customer up to date."""
        await self._mirror.require_whole(CUSTOMER)
        await each(self._ports.all(InventoryPort), self._sync)
        await self._mirror.mark_whole(PRODUCT)

    async def run(self) -> None:
        every = min((serving.sync_every_s for serving in self._ports.all(InventoryPort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._mirror.clock)

    async def _sync(self, serving: Serving[InventoryPort]) -> None:
        mirror = self._mirror
        seen = set()
        with mirror.asking(serving.system, PRODUCT):
            async for customer in mirror.every(CUSTOMER):
                native = await mirror.store.native(mirror.principal, "customer", customer.id, serving.system)
                if native is None:
                    continue
                async for subscription in pages(partial(serving.port.subscriptions, mirror.call(), native.native_id)):
                    if not await self._is_ours(subscription):
                        seen.add((await self._keep(serving, customer, subscription)).id)
        for row in await mirror.unseen(PRODUCT, serving.system, seen):
            with suppress(Unknown):
                await self.product(mirror.call(), row.id)

    async def _is_ours(self, subscription: Subscription) -> bool:
        """Booked by one of our orders, whose products the order itself writes."""
        if subscription.reference is None:
            return False
        mirror = self._mirror
        return await mirror.store.get(mirror.principal, ORDER, subscription.reference) is not None

    async def _keep(self, serving: Serving[InventoryPort], customer: Document, subscription: Subscription) -> Document:
        mirror = self._mirror
        known = await mirror.crossref("product", serving.system, subscription.id)
        offerings = {}
        for native in {line.offering_id for line in subscription.lines if line.offering_id}:
            if ours := await mirror.store.ours(mirror.principal, "offering", serving.system, native):
                offerings[native] = ours.id
        account = next((account["id"] for account in customer.body.get("account") or ()), None)
        body = self._translate(Held(known.id, subscription, customer.id, account, offerings))
        return await mirror.keep(Document(PRODUCT, known.id, body, owner=customer.id, source=serving.system), known)
