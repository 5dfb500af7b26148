"""jBilling behind the ports. Each reply must be about what was asked: jBilling's own word is checked, never assumed."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adapters.jbilling import mapping
from adapters.jbilling.booking import order_record
from adapters.jbilling.config import Config
from adapters.jbilling.faults import port_error
from adapters.jbilling.plans import PREFIX, Plans, is_monthly, offering_id, subscription_item
from banyan import Call, Clock, Condition, Garbled, Happened, NotFound, PortError, Rejected, Slice, Unavailable, Window
from banyan.mapping import aware, needed
from banyan.model import Account, Bill, Customer, Offering, Order, OrderState, Receipt, Subscription, WorkState
from banyan.ports import BillPort, CatalogPort, CustomerPort, InventoryPort, OrderPort
from banyan.soap import Reply, connect

FOLDER = Path(__file__).parent
PAGE = 100
LARGEST = 2**31 - 1


def _as_it_is(value: Any) -> Any:
    return value


class Jbilling(CatalogPort, CustomerPort, InventoryPort, OrderPort, BillPort):
    """Building it reads the WSDL: not for a running loop."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._soap = connect(FOLDER, "jbilling.wsdl", config, clock, fault=port_error)
        self._config = config
        self._clock = clock
        self._packages: Plans | None = None

    async def probe(self, call: Call) -> None:
        await self._ask(call, "getCallerId")

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def offerings(self, call: Call, window: Window) -> Slice[Offering]:
        """Items that are sold by themselves, then plans. jBilling lists all at once; the page is cut afterwards."""
        plans = await self._plans(call)
        found: list[Offering] = await self._ask(
            call, "getAllItems", then=lambda items: mapping.offerings(items, plans, self._config)
        )
        return Slice(found[window.offset :][: window.limit], total=len(found))

    async def offering(self, call: Call, offering_id: str) -> Offering:
        if offering_id.startswith(PREFIX):
            plan = await self._plan(call, offering_id)
            item = await self._about(call, "getItem", str(subscription_item(plan)), "id")
            return mapping.plan_offering(plan, item, self._config)
        item = await self._about(call, "getItem", offering_id, "id")
        if item["id"] == self._config.discount_item or item["id"] in await self._sold_as(call):
            raise NotFound("jbilling sells no such item")
        return mapping.offering(item, self._config)

    async def customer(self, call: Call, customer_id: str) -> Customer:
        return mapping.customer(await self._user(call, customer_id))

    async def find_customers(self, call: Call, window: Window) -> Slice[Customer]:
        """By login in one look-up; otherwise every customer, of whom jBilling only lists the ids."""
        by_login = next((c for c in window.conditions if c.path == "login" and c.operator == "eq"), None)
        if by_login is not None:
            found = [who for login in by_login.values for who in await self._by_login(call, login)]
            return Slice(found[window.offset :][: window.limit], len(found), frozenset[Condition]({by_login}))
        lists = await asyncio.gather(
            *(self._ask(call, "getUsersInStatus", arg0=status) for status in self._config.statuses)
        )
        status_of = {user: status for status, users in zip(self._config.statuses, lists, strict=True) for user in users}
        ids = sorted(status_of)
        users = await self._each(call, "getUserWS", ids[window.offset :][: window.limit], "userId")
        if sum(map(len, lists)) != len(ids) or any(user["statusId"] != status_of[user["userId"]] for user in users):
            raise Garbled("jbilling listed a user under another status than its own")
        return Slice([mapping.customer(user) for user in users], total=len(ids))

    async def accounts(self, call: Call, customer_id: str) -> list[Account]:
        return [mapping.account(await self._user(call, customer_id), self._config)]

    async def subscriptions(self, call: Call, customer_id: str, window: Window) -> Slice[Subscription]:
        user, plans = _number(customer_id), await self._sold_as(call)
        found: list[Subscription] = await self._ask(
            call,
            "getUserOrdersPage",
            arg0=user,
            arg1=window.limit,
            arg2=window.offset,
            then=lambda orders: [mapping.subscription(order, plans, self._config) for order in _of(user, orders)],
        )
        return Slice(found)

    async def subscription(self, call: Call, subscription_id: str) -> Subscription:
        order = await self._about(call, "getOrder", subscription_id, "id")
        return mapping.subscription(order, await self._sold_as(call), self._config)

    async def place_order(self, call: Call, order: Order) -> Receipt:
        """The answer is a number only: what lies under that number must be our order."""
        _number(order.customer_id)
        record = order_record(order, await self._booked_on(call, order), self._config)
        if record["currencyId"] is None:
            raise Rejected(f"jbilling is not set up for {order.currency}")
        native = await self._ask(call, "createOrder", arg0=record)
        try:
            placed = await self._about(call, "getOrder", str(native), "id")
        except Garbled:
            raise
        except PortError as error:
            raise Unavailable("jbilling did not confirm the order it took", happened=Happened.UNKNOWN) from error
        if mapping.reference(placed) != order.reference:
            raise Garbled("jbilling answered with somebody else's order")
        return _receipt(placed, order.reference)

    async def order_state(self, call: Call, reference: str) -> OrderState:
        order = await self._about(call, "getOrder", reference, "id")
        state = WorkState.CANCELLED if order["deleted"] else WorkState.DONE
        return OrderState(mapping.reference(order) or reference, reference, state, order["statusStr"])

    async def order_by_key(self, call: Call, order: Order) -> Receipt | None:
        """An order is found only among its customer's orders, page by page."""
        user, offset = _number(order.customer_id), 0
        while page := await self._ask(call, "getUserOrdersPage", arg0=user, arg1=PAGE, arg2=offset):
            for found in _of(user, page):
                if mapping.reference(found) == order.reference:
                    return _receipt(found, order.reference)
            if len(page) < PAGE:
                break
            offset += len(page)
        return None

    async def cancel_order(self, call: Call, reference: str) -> None:
        await self._soap.call(call, "deleteOrder", {"arg0": _number(reference)})

    async def bills(self, call: Call, account_id: str, window: Window) -> Slice[Bill]:
        account, plans = _number(account_id), await self._sold_as(call)
        found: list[Bill] = await self._ask(
            call,
            "getUserInvoicesPage",
            arg0=account,
            arg1=window.limit,
            arg2=window.offset,
            then=lambda invoices: [mapping.bill(invoice, plans, self._config) for invoice in _of(account, invoices)],
        )
        return Slice(sorted(found, key=lambda each: (each.issued, int(each.id)), reverse=True))

    async def bill(self, call: Call, bill_id: str) -> Bill:
        invoice = await self._about(call, "getInvoiceWS", bill_id, "id")
        return mapping.bill(invoice, await self._sold_as(call), self._config)

    async def bill_now(self, call: Call, account_id: str) -> list[Bill]:
        account = _number(account_id)
        made = await self._ask(call, "createInvoice", arg0=account, arg1=False)
        invoices = _of(account, await self._each(call, "getInvoiceWS", made, "id"))
        plans = await self._sold_as(call)
        return [mapping.bill(invoice, plans, self._config) for invoice in invoices]

    async def _by_login(self, call: Call, login: str) -> list[Customer]:
        try:
            user = await self._user(call, str(await self._ask(call, "getUserId", arg0=login)))
        except NotFound:
            return []
        if user["userName"] != login:
            raise Garbled("jbilling answered with another login's user")
        return [mapping.customer(user)]

    async def _user(self, call: Call, customer_id: str) -> Any:
        return await self._about(call, "getUserWS", customer_id, "userId")

    async def _about(self, call: Call, operation: str, native_id: str, key: str) -> Any:
        number = _number(native_id)
        record = await self._ask(call, operation, arg0=number)
        if record[key] != number:
            raise Garbled(f"jbilling answered {operation} with something else than was asked")
        return record

    async def _each(self, call: Call, operation: str, numbers: Sequence[int], key: str) -> list[Any]:
        """As many at a time as there are connections: a call that waits for one spends its time limit."""
        found: list[Any] = []
        for start in range(0, len(numbers), self._config.concurrency):
            few = numbers[start : start + self._config.concurrency]
            found += await asyncio.gather(*(self._about(call, operation, str(id), key) for id in few))
        return found

    async def _plans(self, call: Call) -> list[Any]:
        plans: list[Any] = await self._ask(call, "getAllPlans") if self._config.plans else []
        self._packages = {subscription_item(plan): offering_id(plan) for plan in plans}
        return plans

    async def _plan(self, call: Call, plan_id: str) -> Any:
        if not self._config.plans:
            raise NotFound("this jbilling has no plans")
        plan = await self._about(call, "getPlanWS", plan_id.removeprefix(PREFIX), "id")
        if not is_monthly(plan, self._config):
            raise NotFound("jbilling sells no such plan by the month")
        return plan

    async def _sold_as(self, call: Call) -> Plans:
        """Known since the last look at the price list: plans come and go with it, not with every order."""
        if self._packages is None:
            await self._plans(call)
        return self._packages or {}

    async def _booked_on(self, call: Call, order: Order) -> dict[str, int]:
        """The item of each offering in the order; whatever fails here, nothing was booked."""
        sold = {line.offering_id for line in order.lines if line.offering_id}
        packages = sorted(id for id in sold if id.startswith(PREFIX))
        try:
            items = {id: subscription_item(await self._plan(call, id)) for id in packages}
        except PortError as error:
            error.happened = Happened.NO
            raise
        return items | {id: _number(id) for id in sold.difference(packages)}

    async def _ask(
        self, call: Call, operation: str, *, then: Callable[[Any], Any] = _as_it_is, **parameters: Any
    ) -> Any:
        """`then`: maps what comes, beside the loop when that is much."""

        def told(reply: Reply) -> Any:
            return then(needed(reply.body.get("return"), f"the reply to {operation}"))

        return await self._soap.call(call, operation, parameters, then=told)


def _number(native_id: str) -> int:
    """Ids of jBilling are positive 32-bit numbers; nothing else can be known there."""
    if not (native_id.isascii() and native_id.isdigit() and len(native_id) <= len(str(LARGEST))):
        raise NotFound("jbilling knows no such id")
    number = int(native_id)
    if number > LARGEST:
        raise NotFound("jbilling knows no such id")
    return number


def _receipt(order: Any, reference: str) -> Receipt:
    return Receipt(reference, native_id=str(order["id"]), accepted=aware(order["createDate"], "createDate"))


def _of(user: int, records: list[Any]) -> list[Any]:
    """The records, all of which must belong to this user."""
    if any(record["userId"] != user for record in records):
        raise Garbled("jbilling answered with what belongs to another user")
    return records
