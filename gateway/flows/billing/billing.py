"""Bills: the mirror of what billing issued, shown by bundle, with every legacy line accounted for."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from contracts.call import Call, Principal
from contracts.errors import NotFound
from contracts.model import Bill
from contracts.page import Condition, Window
from contracts.ports import BillPort
from gateway.flows.billing import beside
from gateway.flows.billing.present import BillSection, sections
from gateway.flows.mirror import PATIENCE_S, Mirror, each, keep_fresh, pages
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Change, Crossref, Document, Drop, Put

BILL = "TMF678/customerBill"
RATE = "TMF678/appliedCustomerBillingRate"
CUSTOMER = "TMF629/customer"
REALISATION = "banyan/realisation"

_LOG = structlog.get_logger("banyan.billing")


@dataclass(frozen=True, slots=True)
class Presented:
    """A bill with our ids, ready to be shown."""

    id: str
    bill: Bill
    customer_id: str
    customer_name: str
    account_id: str
    sections: tuple[BillSection, ...]


BillDocuments = Callable[[Presented], tuple[dict[str, Any], Sequence[tuple[str, dict[str, Any]]]]]
"""A presented bill -> its stored document, and its rates as (id, stored document)."""


class Billing:
    def __init__(self, mirror: Mirror, ports: Ports, translate: BillDocuments) -> None:
        self._mirror = mirror
        self._ports = ports
        self._translate = translate

    async def bill(self, call: Call, id: str) -> Document:
        """Read through to billing; the mirror answers while billing does not."""

        async def read(serving: Serving[BillPort], native: str) -> Document:
            return await self._keep(serving, await serving.port.bill(call, native))

        kept = await self._mirror.known(call.principal, BILL, id, "bill")
        return await self._mirror.through(call, kept, "bill", self._ports.all(BillPort), read)

    async def rate(self, call: Call, id: str) -> Document:
        """A charge of a bill, as the mirror has it: rates come and go with their bill."""
        return await self._mirror.known(call.principal, RATE, id, "rate")

    async def said(self, before: Document, after: dict[str, Any]) -> list[Change]:
        """What keeps a client's word about a bill beside the legacy's."""
        said = await beside.said(self._mirror.store, self._mirror.principal, before, after)
        return [Put(replace(before, body=after), expect=before.revision), said]

    async def bill_now(self, call: Call, account_id: str) -> list[Document]:
        """Ask billing to bill what is billable for our billing account; the bills it issued, already mirrored."""
        serving = self._ports.serving(BillPort, operator=call.operator)
        account = await self._account(call, account_id, serving.system)
        return [await self._keep(serving, bill) for bill in await serving.port.bill_now(call, account.native_id)]

    async def account_of(self, principal: Principal, customer_id: str) -> str | None:
        """Our id of a customer's first billing account."""
        customer = await self._mirror.store.get(principal, CUSTOMER, customer_id)
        if customer is None:
            raise Unknown("customer.unknown", "There is no such customer")
        return next((str(account["id"]) for account in customer.body.get("account") or () if "id" in account), None)

    async def customer_of(self, call: Call, account_id: str) -> str | None:
        """Our id of the customer whose billing account this is."""
        system = self._ports.serving(BillPort, operator=call.operator).system
        return (await self._account(call, account_id, system)).keys.get("customer")

    async def _account(self, call: Call, id: str, system: str) -> Crossref:
        account = await self._mirror.store.native(call.principal, "account", id, system)
        if account is None or not call.principal.may_see(account.keys.get("customer")):
            raise Unknown("account.unknown", "There is no such billing account")
        return account

    async def sync(self) -> None:
        """Bring the bills of every mirrored customer up to date."""
        await self._mirror.require_whole(CUSTOMER)
        await each(self._ports.all(BillPort), self._sync)
        await self._mirror.mark_whole(BILL, RATE)

    async def run(self) -> None:
        every = min((serving.sync_every_s for serving in self._ports.all(BillPort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._mirror.clock)

    async def _sync(self, serving: Serving[BillPort]) -> None:
        seen: set[str] = set()
        with self._mirror.asking(serving.system, BILL, RATE):
            async for customer in self._mirror.every(CUSTOMER):
                async for bill in self._issued(serving, customer):
                    seen.add((await self._keep(serving, bill)).id)
        for row in await self._mirror.unseen(BILL, serving.system, seen):
            with suppress(Unknown):
                await self.bill(self._mirror.call(), row.id)
        for rate in await self._mirror.unseen(RATE, serving.system, ()):
            if not await self._kept(rate.body["bill"]["id"]):
                await self._mirror.forget(rate)

    async def _issued(self, serving: Serving[BillPort], customer: Document) -> AsyncIterator[Bill]:
        """Everything billing issued on a customer's accounts."""
        if customer.source != serving.system:
            return
        for account in customer.body["account"]:
            native = await self._mirror.store.native(self._mirror.principal, "account", account["id"], serving.system)
            if native is not None:
                async for bill in pages(partial(serving.port.bills, self._mirror.call(), native.native_id)):
                    yield bill

    async def _keep(self, serving: Serving[BillPort], bill: Bill) -> Document:
        store, principal = self._mirror.store, self._mirror.principal
        known = await self._mirror.crossref("bill", serving.system, bill.id)
        customer = await self._named("customer", serving.system, bill.customer_id)
        account = await self._named("account", serving.system, bill.account_id)
        sold = [line.offering_id for line in bill.lines if line.offering_id]
        tariffs = {id for id in sold if await store.ours(principal, "offering", serving.system, id) is not None}
        shown = tuple(sections(bill, await self._realisations(serving.system, bill), tariffs))
        owner = await store.get(principal, CUSTOMER, customer.id)
        name = owner.body["name"] if owner else ""
        body, rates = self._translate(Presented(known.id, bill, customer.id, name, account.id, shown))
        if sum(len(section.charges) for section in shown if not section.known) and not await self._kept(known.id):
            _LOG.warning("bill.unknown_lines", system=serving.system, bill=known.id)
        body = await beside.joined(store, principal, known.id, body)
        document = Document(BILL, known.id, body, owner=customer.id, source=serving.system)
        changes = await self._mirror.changes(document, known)
        for rate_id, rate in rates:
            rated = Document(RATE, rate_id, rate, owner=customer.id, source=serving.system)
            changes += await self._mirror.changes(rated)
        shown_before = await store.find(principal, RATE, Window(conditions=(Condition("bill.id", "eq", (known.id,)),)))
        now_shown = {rate_id for rate_id, _ in rates}
        changes += [Drop(RATE, rate.id) for rate in shown_before.items if rate.id not in now_shown]
        await self._mirror.write(changes)
        return await store.get(principal, BILL, known.id) or document

    async def _kept(self, id: str) -> bool:
        return await self._mirror.store.get(self._mirror.principal, BILL, id) is not None

    async def _named(self, kind: str, system: str, native_id: str) -> Crossref:
        known = await self._mirror.store.ours(self._mirror.principal, kind, system, native_id)
        if known is None:
            raise NotFound(f"the bill names a {kind} that is not mirrored yet")
        return known

    async def _realisations(self, system: str, bill: Bill) -> list[dict[str, Any]]:
        """What we booked on the orders this bill charges."""
        found = []
        for order in bill.orders:
            page = await self._mirror.store.find(
                self._mirror.principal,
                REALISATION,
                Window(conditions=(Condition("nativeOrderId", "eq", (order,)), Condition("system", "eq", (system,)))),
            )
            found += [document.body for document in page.items]
        return found
