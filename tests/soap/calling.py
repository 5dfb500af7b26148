"""A small system: its WSDL, its folder as an adapter's, and answers on a socket."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from banyan.config import SoapConfig
from banyan.soap import SoapClient, connect
from tests.clock import FakeClock
from tests.wire.serving import SOAP, http, request, server

_FIELDS = {"session": "id", "route": "to", "login": "user", "loggedIn": "id", "ask": "what", "told": "that"}
_TYPE = '<x:element name="{}"><x:complexType><x:sequence>{}</x:sequence></x:complexType></x:element>'
_AT = '<x:element name="at" type="x:dateTime" minOccurs="0"/>'


def _element(name: str) -> str:
    inner = f'<x:element name="{_FIELDS[name]}" type="x:string"/>'
    return _TYPE.format(name, inner + (_AT if name == "told" else ""))


WSDL = """<definitions name="small" targetNamespace="urn:s" xmlns:t="urn:s" xmlns="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:x="http://www.w3.org/2001/XMLSchema">
<types><x:schema targetNamespace="urn:s" elementFormDefault="qualified">
  {elements}
</x:schema></types>
<message name="session"><part name="session" element="t:session"/></message>
<message name="route"><part name="route" element="t:route"/></message>
<message name="login"><part name="parameters" element="t:login"/></message>
<message name="loggedIn"><part name="parameters" element="t:loggedIn"/></message>
<message name="ask"><part name="parameters" element="t:ask"/></message>
<message name="told"><part name="parameters" element="t:told"/></message>
<portType name="small">
  <operation name="Login"><input message="t:login"/><output message="t:loggedIn"/></operation>
  <operation name="Ask"><input message="t:ask"/><output message="t:told"/></operation>
  <operation name="Notify"><input message="t:ask"/></operation>
</portType>
<binding name="small" type="t:small"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="Login"><soap:operation soapAction="login"/><input><soap:body use="literal"/></input>
    <output><soap:body use="literal"/></output></operation>
  <operation name="Ask"><soap:operation soapAction="ask"/><input><soap:body use="literal"/>
    <soap:header message="t:session" part="session" use="literal"/>
    <soap:header message="t:route" part="route" use="literal"/></input>
    <output><soap:body use="literal"/></output></operation>
  <operation name="Notify"><soap:operation soapAction="notify"/><input><soap:body use="literal"/></input></operation>
</binding>
<service name="small"><port name="small" binding="t:small"><soap:address location="http://live.invalid/"/></port></service>
</definitions>""".replace("{elements}", "".join(map(_element, _FIELDS)))


def folder(place: Path, backend: str = "") -> Path:
    (place / "wsdl").mkdir(parents=True)
    (place / "wsdl" / "small.wsdl").write_text(WSDL)
    (place / "manifest.toml").write_text(f'name = "small"\n[backend]\n{backend}\n')
    return place


def envelope(inner: str) -> bytes:
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'.encode()


def told(that: str = "yes", more: str = "") -> bytes:
    return http(200, envelope(f'<told xmlns="urn:s"><that>{that}</that>{more}</told>'))


def logged_in(id: str, *headers: str) -> bytes:
    return http(200, envelope(f'<loggedIn xmlns="urn:s"><id>{id}</id></loggedIn>'), *headers)


def fault(code: str, status: int = 500) -> bytes:
    inner = f"<s:Fault><faultcode>{code}</faultcode><faultstring>no</faultstring></s:Fault>"
    return http(status, envelope(inner))


Answering = Callable[[bytes], bytes | Awaitable[bytes]]


@asynccontextmanager
async def system(answer: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers each request by a function of it; gives its address and what it hears."""
    heard: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = await request(reader)
            heard.append(asked)
            reply = answer(asked)
            writer.write(reply if isinstance(reply, bytes) else await reply)
            await writer.drain()

    async with server(behave, tls) as url:
        yield url, heard


@asynccontextmanager
async def client(
    place: Path,
    url: str,
    backend: str = "",
    clock: FakeClock | None = None,
    config: dict[str, Any] | None = None,
    **how: Any,
) -> AsyncIterator[SoapClient]:
    settings = SoapConfig(endpoint=url, **{"timeout_s": 60, **(config or {})})
    made = await asyncio.to_thread(connect, folder(place, backend), "small.wsdl", settings, clock or FakeClock(), **how)
    try:
        yield made
    finally:
        await made.aclose()


def between(text: bytes, name: str) -> str:
    """What stands in the first element of this local name."""
    found = re.search(rf"<(?:\w+:)?{name}(?:\s[^>]*)?>([^<]*)<".encode(), text)
    assert found is not None, name
    return found[1].decode()
