"""Replies of a legacy system as bad input, by the numbers of the catalogue: errors, no empty answer, no leak."""

import asyncio
import logging
import threading
import traceback
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.config import Config
from adapters.jbilling.simulator import WSDL
from adapters.jbilling.state import Books
from banyan import Call, Garbled, Happened, PortError, Principal, Rejected, Unavailable, Window
from banyan.simulate import Ledger
from banyan.soap import SoapClient, SoapContract
from banyan.wire import Wire, seam
from tests.clock import START, FakeClock

CANARIES = ("4917099887766", "Cassandra Canary", "canary@example.org")
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CALL = Call(100, "default", Principal("tester", "tests", "default"))


@pytest.fixture(scope="module")
def contract() -> SoapContract:
    return SoapContract.load(WSDL)


@pytest.fixture
def books() -> Books:
    return Books(Ledger(FakeClock()), FakeClock())


def client(contract: SoapContract, body: bytes, status: int = 200, **headers: str) -> SoapClient:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body, headers={"content-type": "text/xml", **headers})

    transport = httpx.MockTransport(answer)
    wire = Wire("acme", clock=FakeClock(), timeout_s=5, concurrency=4, transport=transport)
    return SoapClient(contract, wire, "http://acme.invalid/")


def caller(inner: str = "<return>1</return>") -> str:
    body = f'<j:getCallerIdResponse xmlns:j="http://jbilling/">{inner}</j:getCallerIdResponse>'
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'


async def garbled(contract: SoapContract, body: bytes, operation: str = "getCallerId", status: int = 200) -> None:
    with pytest.raises(Garbled) as caught:
        await client(contract, body, status).call(CALL, operation, {})
    assert caught.value.happened is Happened.UNKNOWN


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT_TYPES = {
    "plain": "<!DOCTYPE x>",
    "entity": '<!DOCTYPE x [<!ENTITY e "1">]>',
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY l9 "{"a" * 50_000}">]>',
    "external": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "file": '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
}


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
@pytest.mark.parametrize("use", ["<return>1</return>", f"<return>{'&l9;' * 50}</return>"])
async def test_bad_input_72_a_document_type_of_any_kind(contract: SoapContract, kind: str, use: str) -> None:
    await garbled(contract, (DOCUMENT_TYPES[kind] + caller(use)).encode())


MANY_ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(1_001))


def _large(name: str) -> str:
    return {
        "bytes": caller(f"<return>1</return><x>{'a' * 10_000_001}</x>"),
        "depth": caller("<return>1</return>" + "<x>" * 300 + "</x>" * 300),
        "attributes": caller(f"<return>1</return><x {MANY_ATTRIBUTES}/>"),
        "elements": caller("<return>1</return>" + "<x/>" * 100_001),
    }[name]


@pytest.mark.parametrize("kind", ["bytes", "depth", "attributes", "elements"])
async def test_bad_input_73_more_than_any_reply_has(contract: SoapContract, kind: str) -> None:
    await garbled(contract, _large(kind).encode())


async def test_bad_input_73_a_type_that_holds_itself_too_deep(contract: SoapContract, books: Books) -> None:
    reply = contract.write_reply("getItem", {"return": books.item(303)}).decode()
    rate = "<next><attributes/>" * 240 + "</next>" * 240
    await garbled(contract, reply.replace("<rate>", f"{rate}<rate>").encode(), "getItem")


UMLAUT = "<return>1</return><x>Weiß</x>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
async def test_bad_input_74_an_encoding_that_is_declared_right_is_read(contract: SoapContract, encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>{caller(UMLAUT)}'.encode(encoding)
    assert (await client(contract, body).call(CALL, "getCallerId", {})).body == {"return": 1}


WRONGLY_ENCODED = {
    "declared utf-8, is latin-1": f'<?xml version="1.0" encoding="utf-8"?>{caller(UMLAUT)}'.encode("iso-8859-1"),
    "not declared": caller(UMLAUT).encode("iso-8859-1"),
    "utf-7": f'<?xml version="1.0" encoding="utf-7"?>{caller()}'.encode(),
    "unheard of": f'<?xml version="1.0" encoding="x-banyan"?>{caller()}'.encode(),
    "overlong": caller("<return>1</return><x>*</x>").encode().replace(b"*", b"\xc0\xaf"),
    "control character": caller("<return>1</return><x>\x01</x>").encode(),
    "escaped control character": caller("<return>1</return><x>&#1;</x>").encode(),
    "nul": caller("<return>1\x00</return>").encode(),
}


@pytest.mark.parametrize("kind", WRONGLY_ENCODED)
async def test_bad_input_74_an_encoding_that_is_wrong(contract: SoapContract, kind: str) -> None:
    await garbled(contract, WRONGLY_ENCODED[kind])


BODY = '<j:getCallerIdResponse xmlns:j="http://jbilling/"><return>1</return></j:getCallerIdResponse>'
FAULT = "<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>"


@pytest.mark.parametrize(
    "reply",
    [
        caller().replace("http://jbilling/", "urn:other"),
        caller().replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
        caller().replace("<s:Body>", "<s:Body/><s:Body>"),
        caller().replace(BODY, BODY + BODY),
        caller().replace(BODY, FAULT + BODY),
        caller().replace(BODY, ""),
    ],
)
async def test_bad_input_75_an_envelope_that_says_something_else(contract: SoapContract, reply: str) -> None:
    await garbled(contract, reply.encode())


INVOICE = {
    "nil number": ("<amountAsDecimal>14.99<", '<amountAsDecimal xmlns:i="%s" i:nil="true">14.99<'),
    "infinite": ("<amountAsDecimal>5.00<", "<amountAsDecimal>INF<"),
    "no number": ("<amountAsDecimal>5.00<", "<amountAsDecimal>NaN<"),
    "exponent": ("<amountAsDecimal>5.00<", "<amountAsDecimal>5e0<"),
    "underscore": ("<amountAsDecimal>5.00<", "<amountAsDecimal>5_0<"),
    "other digits": ("<amountAsDecimal>5.00<", "<amountAsDecimal>\u0665<"),
    "comma": ("<amountAsDecimal>5.00<", "<amountAsDecimal>5,00<"),
    "differs": ("<amountAsDecimal>5.00<", "<amountAsDecimal>5.01<"),
    "text differs": ("<amount>5.00<", "<amount>5.01<"),
    "total in words": ("<total>14.9900000000<", "<total>lots<"),
    "total beyond all": ("<total>14.9900000000<", "<total>1e400<"),
    "total infinite": ("<total>14.9900000000<", "<total>Infinity<"),
    "total missing": ("<total>14.9900000000</total>", ""),
    "line without amount": ("<amount>5.00</amount><amountAsDecimal>5.00</amountAsDecimal>", ""),
    "half a piece": ("<quantity>1<", "<quantity>0.5<"),
    "unknown status": ("<statusId>27<", "<statusId>77<"),
    "unknown currency": ("<currencyId>3<", "<currencyId>77<"),
    "no time": ("<createDateTime>2025", "<createDateTime>yesterday 2025"),
    "id in other digits": ("<id>2001<", "<id>\uff12\uff10\uff10\uff11<"),
    "type of its own": ("<invoiceLines>", '<invoiceLines xmlns:i="%s" i:type="orderWS">'),
}
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def billing(reply: bytes, status: int = 200, kind: str = "text/xml") -> Jbilling:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=reply, headers={"content-type": kind}))
    with seam.installed(lambda: transport):
        return Jbilling(Config(endpoint="http://acme.invalid/", plans=False), FakeClock())


@pytest.mark.parametrize("kind", INVOICE)
async def test_bad_input_76_a_bill_that_does_not_add_up(contract: SoapContract, books: Books, kind: str) -> None:
    reply = contract.write_reply("getInvoiceWS", {"return": books.invoice(2001)}).decode()
    good = await asyncio.to_thread(billing, reply.encode())
    assert len((await good.bill(CALL, "2001")).lines) == 2
    right, wrong = INVOICE[kind]
    spoilt = reply.replace(right, wrong.replace("%s", XSI))
    if kind == "half a piece":
        spoilt = spoilt.replace("<quantityAsDecimal>1<", "<quantityAsDecimal>0.5<")
    if spoilt == reply:  # the nil case names an amount of another line
        spoilt = reply.replace("<amountAsDecimal>9.99<", f'<amountAsDecimal xmlns:i="{XSI}" i:nil="true">9.99<')
    assert spoilt != reply
    adapter = await asyncio.to_thread(billing, spoilt.encode())
    with pytest.raises(Garbled):
        await adapter.bill(CALL, "2001")


async def test_bad_input_77_a_fault_in_200_is_a_fault(contract: SoapContract) -> None:
    with pytest.raises(Unavailable) as caught:
        await client(contract, caller().replace(BODY, FAULT).encode()).call(CALL, "getCallerId", {})
    assert caught.value.happened is Happened.UNKNOWN


@pytest.mark.parametrize(
    ("body", "status"),
    [(caller(), 500), (caller(), 400), ("", 500), ("", 200), ("<html xmlns='http://www.w3.org/1999/xhtml'/>", 502)],
)
async def test_bad_input_77_status_and_body_that_contradict(contract: SoapContract, body: str, status: int) -> None:
    await garbled(contract, body.encode(), status=status)


async def test_bad_input_78_an_answer_about_somebody_else(contract: SoapContract, books: Books) -> None:
    user = contract.write_reply("getUserWS", {"return": books.user(102)})
    orders = contract.write_reply("getUserOrdersPage", {"return": books.orders_of(102)})
    with pytest.raises(Garbled):
        await (await asyncio.to_thread(billing, user)).customer(CALL, "101")
    with pytest.raises(Garbled):
        await (await asyncio.to_thread(billing, orders)).subscriptions(CALL, "101", Window())


NASTY = ["</ns:name><ns:admin>1", "]]>", "<![CDATA[x]]>", "&amp;&lt;", "<!--", "\"'", "\u202e\u0301"]


@pytest.mark.parametrize("text", NASTY)
def test_bad_input_80_text_stays_text(contract: SoapContract, text: str) -> None:
    sent = contract.write("getUserId", {"arg0": text})
    assert contract.read_request(None, sent).parameters == {"arg0": text}
    assert b"admin>1<" not in sent


SPEAKING = " ".join(CANARIES)
LEAKS: list[tuple[bytes, int, str]] = [
    (f"<html>{SPEAKING}</html>".encode(), 200, "text/html"),
    (f"<html>{SPEAKING}</html>".encode(), 502, "text/html"),
    (SPEAKING.encode(), 401, "text/plain"),
    (SPEAKING.encode(), 503, "text/plain"),
    (SPEAKING.encode(), 200, "text/xml"),
    (caller(f"<return>{SPEAKING}</return>").encode(), 200, "text/xml"),
    (caller(f"<return><x>{SPEAKING}</x></return>").encode(), 200, "text/xml"),
    (caller().replace(BODY, FAULT.replace("no", SPEAKING)).encode(), 500, "text/xml"),
    (caller().replace(BODY, FAULT.replace("no", f"SessionInternalError: {SPEAKING}")).encode(), 500, "text/xml"),
    (caller().replace(BODY, f"<x>{SPEAKING}</x>").encode(), 200, "text/xml"),
]


@pytest.mark.parametrize("case", range(len(LEAKS)))
async def test_bad_input_90_nothing_of_a_reply_is_told(
    case: int, caplog: pytest.LogCaptureFixture, recorded_spans: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    recorded_spans.clear()
    adapter = await asyncio.to_thread(billing, *LEAKS[case])
    with pytest.raises(PortError) as caught:
        await adapter.probe(CALL)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(vars(caught.value))
    told += caplog.text + "".join(span.to_json() for span in recorded_spans.get_finished_spans())
    assert "POST" in told
    for canary in CANARIES:
        assert canary not in told
        assert canary.split()[0] not in told


async def test_bad_input_90_nothing_of_a_request_is_told(contract: SoapContract) -> None:
    with pytest.raises(Rejected) as caught:
        await client(contract, b"").call(CALL, "getUserId", {"arg0": CANARIES[1] + "\x00"})
    assert "Cassandra" not in "".join(traceback.format_exception(caught.value))


WAITS = {
    "7": 7.0,
    "0": 0.0,
    format_datetime(START.replace(minute=1), usegmt=True): 60.0,
    format_datetime(START.replace(year=2025), usegmt=True): 0.0,
    "Mon, 02 Mar 2026 10:00:30 +0100": 30.0,
    "": None,
    "soon": None,
    "-5": None,
    "9" * 400: None,
    "Fri, 31 Dec 9999 23:59:59 GMT": None,
    "\u0667": None,
}


@pytest.mark.parametrize("said", WAITS)
async def test_retry_after_in_seconds_or_as_a_date(contract: SoapContract, said: str) -> None:
    with pytest.raises(Unavailable) as caught:
        await client(contract, b"busy", 503, **{"retry-after": said.encode()}).call(CALL, "getCallerId", {})  # type: ignore[arg-type]
    assert caught.value.retry_after == WAITS[said]


async def test_a_large_reply_is_read_beside_the_loop(
    contract: SoapContract, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[bool] = []
    read = SoapContract.read

    def reading(self: SoapContract, operation: str, reply: bytes) -> Any:
        where.append(threading.current_thread() is threading.main_thread())
        return read(self, operation, reply)

    monkeypatch.setattr(SoapContract, "read", reading)
    page = contract.write_reply("getUserOrdersPage", {"return": books.orders_of(102) * 50})
    reply = await client(contract, page).call(CALL, "getUserOrdersPage", {"arg0": 102, "arg1": 100, "arg2": 0})
    assert len(reply.body["return"]) == 100
    await client(contract, caller().encode()).call(CALL, "getCallerId", {})
    assert where == [False, True]


async def test_a_list_asks_no_more_at_once_than_there_are_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = await asyncio.to_thread(billing, b"")
    flying = most = 0

    async def about(_: Call, __: str, native_id: str, ___: str) -> int:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0)
        flying -= 1
        return int(native_id)

    monkeypatch.setattr(adapter, "_about", about)
    assert await adapter._each(CALL, "getUserWS", range(100), "userId") == list(range(100))
    assert most == adapter._config.concurrency
