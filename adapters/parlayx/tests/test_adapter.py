"""What the suites cannot know: whose zone times are in, how full a history is, and where the voucher's code goes."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import httpx
import pytest
from lxml import etree

from adapters.parlayx.adapter import Parlayx
from adapters.parlayx.config import Config
from banyan import Call, Principal, Rejected, SystemClock
from banyan.model import Money, TopUp
from banyan.wire import seam

CLOCK = SystemClock()
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
LOCAL = "http://www.csapi.org/schema/parlayx/account_management/v2_2/local"
REPLIES = {
    "getBalance": "<l:result><balanceType>Main</balanceType><amount>3.0075</amount></l:result>",
    "getCreditExpiryDate": "<l:result><balanceType>Main</balanceType><date>2026-07-01T00:00:00</date></l:result>",
    "getHistory": 2
    * (
        "<l:result><transactionDate>2026-01-10T12:00:00</transactionDate>"
        "<transactionDetails>topup Main +5.00 ref=r-1</transactionDetails></l:result>"
    ),
    "balanceUpdate": "",
}


def call() -> Call:
    return Call(CLOCK.monotonic() + 10, "default", Principal("tester", "tests", "default"))


class System:
    """Answers each operation with its reply, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[etree._Element] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        (asked,) = etree.fromstring(request.content).iterfind(f"{{{SOAP}}}Body/*")
        self.asked.append(asked)
        operation = etree.QName(asked).localname
        body = f'<l:{operation}Response xmlns:l="{LOCAL}">{REPLIES[operation]}</l:{operation}Response>'
        envelope = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'
        return httpx.Response(200, content=envelope.encode(), headers={"content-type": "text/xml"})

    def adapter(self, **settings: object) -> Parlayx:
        with seam.installed(lambda: httpx.MockTransport(self.answer)):
            return Parlayx(Config.model_validate({"endpoint": "http://prepaid.invalid/", **settings}), CLOCK)

    def said(self, name: str) -> list[str | None]:
        return [node.text for asked in self.asked for node in asked.iterfind(f"{{{LOCAL}}}{name}")]


@pytest.mark.parametrize(("zone", "until", "at"), [("UTC", 0, 12), ("Europe/Berlin", 22, 11)])
async def test_times_without_a_zone_are_in_that_of_the_installation(zone: str, until: int, at: int) -> None:
    system = System()
    adapter = system.adapter(timezone=zone)
    (bucket,) = await adapter.buckets(call(), "49171")
    assert bucket.valid_until is not None
    assert bucket.valid_until.astimezone(UTC).hour == until
    winter = datetime(2026, 1, 1, tzinfo=UTC)
    moves = await adapter.moves(call(), "49171", winter, winter.replace(month=2))
    assert [move.at.astimezone(UTC).hour for move in moves] == [at, at]
    assert system.said("date") == [winter.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()]


async def test_a_history_that_may_be_cut_is_not_taken_for_whole() -> None:
    adapter = System().adapter(most_entries=2)
    with pytest.raises(Rejected):
        await adapter.moves(call(), "49171", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(Rejected):
        await adapter.top_up_by_key(call(), TopUp("r-2", "49171", voucher=""))


async def test_a_subscriber_is_a_tel_uri_and_an_amount_a_decimal() -> None:
    system = System()
    await system.adapter().top_up(call(), TopUp("r-2", "49171", amount=Money(Decimal("1E+2")), valid_for_days=7))
    assert set(system.said("endUserIdentifier")) == {"tel:+49171"}
    assert [system.said(name) for name in ("referenceCode", "balanceType", "amount", "period")] == [
        ["r-2"],
        ["Main"],
        ["100"],
        ["7"],
    ]


async def test_a_top_up_that_the_history_knows_is_not_sent_again() -> None:
    system = System()
    receipt = await system.adapter().top_up(call(), TopUp("r-1", "49171", amount=Money(Decimal(5))))
    assert receipt.accepted == datetime(2026, 1, 10, 12, tzinfo=UTC)
    assert system.said("amount") == []


async def test_what_soap_cannot_say_is_named_and_not_repeated() -> None:
    with pytest.raises(Rejected, match=r"voucherUpdate.*voucherIdentifier") as refused:
        await System().adapter().redeem(call(), TopUp("r-2", "49171", voucher="secret \x00"))
    assert "secret" not in str(refused.value)
