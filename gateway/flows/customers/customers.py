"""Customers and their billing accounts: the mirror of what billing knows, refreshed by reading through."""

from collections.abc import Callable
from typing import Any

from contracts.call import Call
from contracts.errors import NotFound, PortError
from contracts.model import Account, Customer
from contracts.page import Window
from contracts.ports import CustomerPort
from gateway.flows.mirror import PAGE, PATIENCE_S, Mirror, keep_fresh
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Document

KIND = "TMF629/customer"

Translate = Callable[[str, Customer, list[tuple[str, Account]]], dict[str, Any]]
"""Our customer id, the legacy's customer, its accounts with our ids -> the stored document."""


class Customers:
    def __init__(self, mirror: Mirror, ports: Ports, translate: Translate) -> None:
        self._mirror = mirror
        self._ports = ports
        self._translate = translate

    async def customer(self, call: Call, id: str) -> Document:
        """Read through to billing and refresh the mirror; the mirror answers while billing does not."""
        mirrored = await self._mirror.store.get(call.principal, KIND, id)
        if mirrored is None:
            await self._mirror.require_whole(KIND)
            raise Unknown("customer.unknown", "There is no such customer")
        serving = self._ports.serving(CustomerPort, operator=call.operator, customer=id)
        native = await self._mirror.store.native(call.principal, "customer", id, serving.system)
        if native is None:
            return mirrored
        try:
            return await self._keep(call, serving, await serving.port.customer(call, native.native_id))
        except NotFound as gone:
            raise Unknown("customer.unknown", "There is no such customer") from gone
        except PortError:
            return mirrored

    async def sync(self) -> None:
        """Bring the whole mirror up to date, a page at a time."""
        for serving in self._ports.all(CustomerPort):
            offset = 0
            while True:
                call = self._mirror.call()
                page = await serving.port.find_customers(call, Window(offset=offset, limit=PAGE))
                for customer in page.items:
                    await self._keep(call, serving, customer)
                offset += len(page.items)
                if len(page.items) < PAGE:
                    break
        await self._mirror.mark_whole(KIND)

    async def run(self) -> None:
        every = min((serving.sync_every_s for serving in self._ports.all(CustomerPort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._mirror.clock)

    async def _keep(self, call: Call, serving: Serving[CustomerPort], customer: Customer) -> Document:
        keys = {"login": customer.login} if customer.login else {}
        known = await self._mirror.crossref("customer", serving.system, customer.id, keys)
        accounts = await serving.port.accounts(call, customer.id)
        links = [
            await self._mirror.crossref("account", serving.system, account.id, {"customer": known.id})
            for account in accounts
        ]
        ours = [(link.id, account) for link, account in zip(links, accounts, strict=True)]
        body = self._translate(known.id, customer, ours)
        return await self._mirror.keep(
            Document(KIND, known.id, body, owner=known.id, source=serving.system), known, *links
        )
