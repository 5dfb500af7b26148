"""The story, step by step; each step proves something and returns what it proved, with figures."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from contracts.clock import SystemClock
from gateway.demo import bundle, files
from gateway.demo.client import (
    BILLS,
    CATALOG,
    CONSUMPTION,
    CUSTOMERS,
    INVENTORY,
    ORDERS,
    QUALIFICATION,
    USAGE,
    App,
    Control,
    NotProved,
    until,
)
from gateway.demo.listener import Listener
from gateway.demo.processes import House
from gateway.telemetry import Span, read_trace

LOGIN_ROWS = 1_000
SESSIONS = (8 * files.GIGABYTE, 5 * files.GIGABYTE, 4 * files.GIGABYTE)
"""85 % of the 20 GB, crossed with the last one."""
VISIBLE_S = 1.0
"""Usage must be seen within this time of the rename."""


@dataclass(frozen=True, slots=True)
class Proof:
    what: str
    figure: str


@dataclass(slots=True)
class Story:
    """What one step leaves for the next."""

    house: House
    app: App
    billing: Control
    network: Control
    listener: Listener
    customer: dict[str, Any] = field(default_factory=dict)
    offering: dict[str, Any] = field(default_factory=dict)
    parts: list[bundle.Tariff] = field(default_factory=list)
    promised: Decimal = Decimal(0)
    order: dict[str, Any] = field(default_factory=dict)
    trace: str = ""
    product: dict[str, Any] = field(default_factory=dict)
    msisdn: str = ""
    spans: list[Span] = field(default_factory=list)
    hub: str = ""

    @property
    def party(self) -> dict[str, Any]:
        return {"id": self.customer["id"], "role": "customer", "@referredType": "Customer"}


def prove(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotProved(otherwise)


async def read_customer(story: Story) -> Proof:
    found = await story.app.get(f"{CUSTOMERS}/customer")
    prove(bool(found), "the legacy's customers are not there")
    story.customer = await story.app.get(f"{CUSTOMERS}/customer/{found[0]['id']}")
    return Proof("A legacy customer read through TMF629", f"{story.customer['name']}, one of {len(found)}")


async def create_bundle(story: Story) -> Proof:
    app = story.app
    line = await bundle.tariff(app, bundle.LINE)
    packs = [await bundle.tariff(app, code) for code in bundle.PACKS]
    extras = [await bundle.tariff(app, code) for code in bundle.EXTRAS]
    price = await app.post(f"{CATALOG}/v5/productOfferingPrice", bundle.discount(line, packs))
    body = bundle.offering("Mobile Together", price["id"], line, packs, extras)
    story.offering = await app.post(f"{CATALOG}/v5/productOffering", body)
    story.parts = [line, packs[1], extras[0]]
    older = await app.get(f"{CATALOG}/v4/productOffering/{story.offering['id']}")
    prove(older["name"] == "Mobile Together", "v4 does not show the bundle that v5 made")
    return Proof(
        "A dynamic bundle made of legacy tariffs through TMF620, read in v4 and v5",
        f"1 line, {len(packs)} packs, {len(extras)} extras, {bundle.PERCENT} % off",
    )


async def qualify(story: Story) -> Proof:
    chosen = [{"productOffering": {"id": part.id}} for part in story.parts]
    answer = await story.app.post(
        f"{QUALIFICATION}/productOfferingQualification",
        {
            "relatedParty": [story.party],
            "productOfferingQualificationItem": [
                {"id": "1", "productOffering": {"id": story.offering["id"]}, "product": {"product": chosen}}
            ],
        },
    )
    [item] = answer["productOfferingQualificationItem"]
    prove(item["qualificationItemResult"] == "qualified", f"not qualified: {item}")
    story.promised = sum((_net(price) for price in item["product"]["productPrice"]), Decimal(0))
    listed = sum((part.price for part in story.parts), Decimal(0))
    expected = listed - (listed * bundle.PERCENT / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    prove(story.promised == expected, f"qualified at {story.promised}, expected {expected}")
    return Proof("An exact price from TMF679, with every alteration", f"{listed} -> {story.promised} EUR a month")


def _net(price: dict[str, Any]) -> Decimal:
    altered = [change["price"]["dutyFreeAmount"]["value"] for change in price.get("productPriceAlteration", ())]
    return sum(map(Decimal, altered), Decimal(price["price"]["dutyFreeAmount"]["value"]))


async def order(story: Story) -> Proof:
    await story.billing.fault("createOrder", "fault")
    await story.billing.fault("createOrder", "lost-answer")
    await story.network.fault("activate", "fault")
    await story.network.fault("activate", "lost-answer")
    items = [
        {"id": f"1.{number}", "action": "add", "quantity": 1, "productOffering": {"id": part.id}}
        for number, part in enumerate(story.parts, start=1)
    ]
    bundle_item = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": story.offering["id"]}}
    answer = await story.app.posted(
        f"{ORDERS}/productOrder",
        {"relatedParty": [story.party], "productOrderItem": [{**bundle_item, "productOrderItem": items}]},
        key="the-story",
    )
    story.order = answer.json()
    story.trace = answer.headers["traceparent"].split("-")[1]
    prove(story.order["state"] == "acknowledged", f"the order is {story.order['state']} instead of acknowledged")
    again: httpx.Response = await story.app.posted(
        f"{ORDERS}/productOrder",
        {"relatedParty": [story.party], "productOrderItem": [{**bundle_item, "productOrderItem": items}]},
        key="the-story",
    )
    prove(again.json()["id"] == story.order["id"], "the same Idempotency-Key made a second order")
    story.order = await until("the order", lambda: _final(story), 60)
    prove(story.order["state"] == "completed", f"the order ended {story.order['state']}: {story.order.get('note')}")
    booked = [line for line in await story.billing.ledger() if line["operation"] == "createOrder"]
    prove(len(booked) == 1, f"billing booked {len(booked)} times")
    prove(Decimal(booked[0]["amount"]) == story.promised, f"booked {booked[0]['amount']}, promised {story.promised}")
    return Proof(
        "Ordered through TMF622 in spite of a fault and a lost answer when booking",
        f"1 booking of {story.promised} EUR in billing's ledger",
    )


async def _final(story: Story) -> dict[str, Any] | None:
    seen: dict[str, Any] = await story.app.get(f"{ORDERS}/productOrder/{story.order['id']}")
    final = ("completed", "failed", "cancelled", "rejected", "partial", "held")
    return seen if seen["state"] in final else None


async def activated(story: Story) -> Proof:
    effects = [line for line in await story.network.ledger() if line["reference"]]
    mine = [line for line in effects if story.order["id"] in line["reference"]]
    references = [line["reference"] for line in mine]
    prove(bool(mine) and len(references) == len(set(references)), f"the OSS did something twice: {references}")
    return Proof(
        "Services activated in the OSS in spite of a fault and a lost answer",
        f"{len(mine)} activations, each once in the OSS's ledger",
    )


async def inventory(story: Story) -> Proof:
    mine = {"relatedParty.id": story.customer["id"], "productOffering.id": story.offering["id"]}
    [story.product] = await story.app.get(f"{INVENTORY}/product", **mine)
    prove(story.product["status"] == "active", f"the product is {story.product['status']}")
    parts = story.product["product"]
    prove(len(parts) == len(story.parts), f"{len(parts)} parts instead of {len(story.parts)}")
    facts = {fact["name"]: fact["value"] for part in parts for fact in part.get("productCharacteristic", ())}
    story.msisdn = facts["msisdn"]
    return Proof("TMF637 shows the bundle with its parts", f"{len(parts)} parts, MSISDN {story.msisdn}")


async def usage(story: Story) -> Proof:
    listening = await story.app.post(f"{CONSUMPTION}/hub", {"callback": story.listener.url})
    story.hub = f"{CONSUMPTION}/hub/{listening['id']}"
    login = next(entry["value"] for entry in story.customer["characteristic"] if entry["name"] == "login")
    drop, clock = story.house.drop, SystemClock()
    files.drop(drop, "legacy-voice.csv", files.legacy_rows(login, clock.now(), LOGIN_ROWS))
    used, waits, bucket = 0, [], {}
    for number, size in enumerate(SESSIONS, start=1):
        used += size
        rows = files.session_rows(f"demo-{number}", story.msisdn, clock.now(), size)
        renamed = clock.monotonic()
        files.drop(drop, f"session-{number}.csv", rows)
        bucket = await until("the consumption", partial(_bucket, story, used))
        waits.append(clock.monotonic() - renamed)
    seen = sorted(waits)[len(waits) // 2]
    prove(seen <= VISIBLE_S, f"usage was visible only {seen:.2f} s after the rename")
    remaining = Decimal(bucket["remainingValue"]["amount"])
    prove(remaining == 20 * files.GIGABYTE - used, f"{remaining} bytes remain")
    mine = {"relatedParty.id": story.customer["id"], "limit": "1"}
    total = int((await story.app.http.get(f"{USAGE}/usage", params=mine)).headers["X-Total-Count"])
    prove(total == LOGIN_ROWS + len(SESSIONS), f"TMF635 counts {total} records")
    return Proof(
        "Files of both layouts in TMF635, consumption in TMF677 within a second of the rename",
        f"{total} records, {used / files.GIGABYTE:.0f} of 20 GB used, seen after {seen * 1000:.0f} ms (median of 3)",
    )


async def _bucket(story: Story, used: int) -> dict[str, Any] | None:
    answer = await story.app.post(f"{CONSUMPTION}/queryUsageConsumption", {"relatedParty": [story.party]})
    for consumption in answer["usageConsumption"]:
        for bucket in consumption["bucketRefOrValue"]:
            for counter in bucket.get("bucketCounter", ()):
                if counter["counterType"] == "used" and Decimal(counter["value"]["amount"]) == used:
                    return dict(bucket)
    return None


async def threshold(story: Story) -> Proof:
    async def crossed() -> list[dict[str, Any]] | None:
        events = [event for event in story.listener.events if "Threshold" in event["eventType"]]
        return events or None

    events = await until("the 80 % event", crossed)
    prove(len(events) == 1, f"{len(events)} threshold events instead of one")
    return Proof("Crossing 80 % pushed one event to a hub listener", events[0]["eventType"])


async def bill(story: Story) -> Proof:
    async def issued() -> dict[str, Any] | None:
        found = await story.app.get(f"{BILLS}/customerBill", **{"relatedParty.id": story.customer["id"]})
        mine = [one for one in found if any(s["name"] == story.offering["name"] for s in one.get("billSection", ()))]
        return mine[0] if mine else None

    found = await until("the bill", issued)
    rates = await story.app.get(f"{BILLS}/appliedCustomerBillingRate", **{"bill.id": found["id"]})
    total = Decimal(found["taxExcludedAmount"]["value"])
    shown = sum((Decimal(rate["taxExcludedAmount"]["value"]) for rate in rates), Decimal(0))
    prove(shown == total == story.promised, f"promised {story.promised}, billed {total}, shown {shown}")
    names = [rate["name"] for rate in rates]
    return Proof(
        "TMF678 shows the bundle, every legacy invoice line accounted for",
        f"{total} EUR as promised: {', '.join(names)}",
    )


async def trace(story: Story) -> Proof:
    async def written() -> list[Span] | None:
        found, spans = read_trace(story.house.state / "traces.db", story.order["id"])
        done = any(span.name.endswith("place_order") for span in spans)
        return spans if done and found == story.trace else None

    story.spans = await until("the trace", written)
    ledger = [*await story.billing.ledger(), *await story.network.ledger()]
    mine = [line for line in ledger if line["reference"] and story.order["id"] in line["reference"]]
    prove(all(story.trace in (line["traceparent"] or "") for line in mine), "a simulator saw another trace id")
    attempts = [span for span in story.spans if span.name == "POST" and span.kind == "CLIENT"]
    return Proof(
        "One trace id in the REST answer, at both simulators, and in the tree",
        f"{len(story.spans)} spans, {len(attempts)} SOAP attempts",
    )


STEPS: tuple[tuple[str, Callable[[Story], Awaitable[Proof]]], ...] = (
    ("Reading a legacy customer", read_customer),
    ("Making a dynamic bundle of legacy tariffs", create_bundle),
    ("Qualifying it, with an exact price", qualify),
    ("Ordering it while the booking call fails twice", order),
    ("Looking into the OSS's ledger", activated),
    ("Looking into the inventory", inventory),
    ("Dropping both usage files", usage),
    ("Waiting for the 80 % event", threshold),
    ("Reading the bill", bill),
    ("Following the trace", trace),
)
