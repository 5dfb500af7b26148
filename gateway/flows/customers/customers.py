"""Customers, their parties and billing accounts: the mirror of what billing knows, refreshed by reading through."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from contracts.call import Call
from contracts.model import Account, Customer
from contracts.ports import CustomerPort
from gateway.flows.mirror import PATIENCE_S, Mirror, each, keep_fresh, pages
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Document

KIND = "TMF629/customer"
INDIVIDUAL = "TMF632/individual"
ORGANIZATION = "TMF632/organization"
ACCOUNT = "TMF666/billingAccount"
KINDS = (KIND, INDIVIDUAL, ORGANIZATION, ACCOUNT)
"""What billing's word of one customer becomes: each of them is read and kept with him."""


Translate = Callable[[str, Customer, list[tuple[str, Account]]], Iterable[tuple[str, dict[str, Any]]]]
"""Our id, the legacy's customer, its accounts with our ids -> (kind, stored document), the customer first."""


class Customers:
    def __init__(self, mirror: Mirror, ports: Ports, translate: Translate) -> None:
        self._mirror = mirror
        self._ports = ports
        self._translate = translate

    async def customer(self, call: Call, id: str) -> Document:
        """Read through to billing and refresh the mirror; the mirror answers while billing does not."""

        async def read(serving: Serving[CustomerPort], native: str) -> Document:
            return await self._keep(call, serving, await serving.port.customer(call, native))

        kept = await self._mirror.known(call.principal, KIND, id, "customer")
        return await self._mirror.through(call, kept, "customer", self._ports.all(CustomerPort), read)

    async def individual(self, call: Call, id: str) -> Document:
        return await self._with_customer(call, INDIVIDUAL, id, "individual")

    async def organization(self, call: Call, id: str) -> Document:
        return await self._with_customer(call, ORGANIZATION, id, "organization")

    async def account(self, call: Call, id: str) -> Document:
        return await self._with_customer(call, ACCOUNT, id, "account")

    async def _with_customer(self, call: Call, kind: str, id: str, noun: str) -> Document:
        """What billing tells with its customer is read anew with him."""
        kept = await self._mirror.known(call.principal, kind, id, noun)
        if kept.source is None or kept.owner is None:
            return kept
        customer = await self.customer(call, kept.owner)
        fresh = await self._mirror.known(call.principal, kind, id, noun)
        return replace(fresh, missing=customer.missing)

    async def sync(self) -> None:
        """Bring the whole mirror up to date, a page at a time."""
        await each(self._ports.all(CustomerPort), self._sync)
        await self._mirror.mark_whole(*KINDS)

    async def run(self) -> None:
        every = min((serving.sync_every_s for serving in self._ports.all(CustomerPort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._mirror.clock)

    async def _sync(self, serving: Serving[CustomerPort]) -> None:
        seen = set()
        with self._mirror.asking(serving.system, *KINDS):
            async for customer in pages(lambda window: serving.port.find_customers(self._mirror.call(), window)):
                seen.add((await self._keep(self._mirror.call(), serving, customer)).id)
        for row in await self._mirror.unseen(KIND, serving.system, seen):
            with suppress(Unknown):
                await self.customer(self._mirror.call(), row.id)
        await self._forget_orphans(serving.system)

    async def _forget_orphans(self, system: str) -> None:
        """Parties and accounts whose customer is gone, or no longer names them."""
        for kind in (INDIVIDUAL, ORGANIZATION, ACCOUNT):
            for row in await self._mirror.unseen(kind, system, ()):
                customer = row.owner and await self._mirror.store.get(self._mirror.principal, KIND, row.owner)
                if not customer or (kind, row.id) not in _named(customer.body):
                    await self._mirror.forget(row)

    async def _keep(self, call: Call, serving: Serving[CustomerPort], customer: Customer) -> Document:
        keys = {"login": customer.login} if customer.login else {}
        known = await self._mirror.crossref("customer", serving.system, customer.id, keys)
        accounts = await serving.port.accounts(call, customer.id)
        links = [
            await self._mirror.crossref("account", serving.system, account.id, {"customer": known.id})
            for account in accounts
        ]
        ours = [(link.id, account) for link, account in zip(links, accounts, strict=True)]
        told = [
            Document(kind, body["id"], body, owner=known.id, source=serving.system)
            for kind, body in self._translate(known.id, customer, ours)
        ]
        changes = await self._mirror.changes(told[0], known, *links)
        for beside in told[1:]:
            changes += await self._mirror.changes(beside)
        await self._mirror.write(changes)
        return await self._mirror.store.get(self._mirror.principal, KIND, known.id) or told[0]


def _named(customer: dict[str, Any]) -> set[tuple[str, str]]:
    party = customer["engagedParty"]
    kind = ORGANIZATION if party["@referredType"] == "Organization" else INDIVIDUAL
    return {(kind, party["id"]), *((ACCOUNT, account["id"]) for account in customer["account"])}
