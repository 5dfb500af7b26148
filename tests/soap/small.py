"""Small contracts for one feature each, and envelopes to read by them."""

from pathlib import Path
from typing import Any

from banyan.soap import Dialect, SoapContract

SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
XSI, XSD = "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
_WSDL = """<?xml version="1.0"?>
<wsdl:definitions targetNamespace="urn:t" xmlns:t="urn:t" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" {encoding}>
  <wsdl:types><xs:schema targetNamespace="urn:t" elementFormDefault="{form}">{types}</xs:schema></wsdl:types>
  <wsdl:message name="ask">{ask}</wsdl:message>
  <wsdl:message name="told">{told}</wsdl:message>
  <wsdl:portType name="p"><wsdl:operation name="Ask"><wsdl:input message="t:ask"/><wsdl:output message="t:told"/>
  </wsdl:operation></wsdl:portType>
  <wsdl:binding name="b" type="t:p"><soap:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Ask"><soap:operation soapAction="urn:ask"/>
      <wsdl:input><soap:body use="{use}" namespace="urn:t"/></wsdl:input>
      <wsdl:output>{header}<soap:body use="{use}" namespace="urn:t"/></wsdl:output>
    </wsdl:operation></wsdl:binding>
</wsdl:definitions>"""


def contract(
    folder: Path,
    types: str,
    *,
    told: str = '<wsdl:part name="b" element="t:told"/>',
    ask: str = "",
    style: str = "document",
    use: str = "literal",
    form: str = "qualified",
    header: str = "",
    dialect: Dialect | None = None,
) -> SoapContract:
    """One operation, Ask. `told`, `ask`: the parts of its messages."""
    path = folder / "t.wsdl"
    encoding = f'xmlns:soapenc="{ENCODING}"' if use == "encoded" else ""
    said = {"told": told, "ask": ask, "style": style, "use": use, "form": form, "header": header, "encoding": encoding}
    path.write_text(_WSDL.format(types=types, **said))
    return SoapContract.load(path, dialect=dialect or Dialect())


def element(name: str, kind: str, more: str = "") -> str:
    """`more`: further attributes, `?` for one that may be left out, `*` for a list that may be empty."""
    more = {"?": 'minOccurs="0"', "*": 'minOccurs="0" maxOccurs="unbounded"'}.get(more, more)
    return f'<xs:element name="{name}" type="{kind}" {more}/>'


def sequence(inner: str, *, attributes: str = "") -> str:
    """The element `told` of a sequence."""
    return holding(f"<xs:sequence>{inner}</xs:sequence>{attributes}")


def holding(inner: str, name: str = "told") -> str:
    """An element of a type of its own."""
    return f'<xs:element name="{name}"><xs:complexType>{inner}</xs:complexType></xs:element>'


def kind(name: str, inner: str, *, attributes: str = "", more: str = "") -> str:
    """A complex type that is a sequence."""
    return f'<xs:complexType name="{name}" {more}><xs:sequence>{inner}</xs:sequence>{attributes}</xs:complexType>'


def extension(name: str, base: str, inner: str, more: str = "") -> str:
    """A complex type that adds a sequence to another."""
    added = f'<xs:extension base="{base}"><xs:sequence>{inner}</xs:sequence></xs:extension>'
    return f'<xs:complexType name="{name}" {more}><xs:complexContent>{added}</xs:complexContent></xs:complexType>'


def envelope(body: str, *, soap: str = SOAP11, header: str = "") -> bytes:
    spaces = f'xmlns:s="{soap}" xmlns:xsi="{XSI}" xmlns:xs="{XSD}" xmlns:t="urn:t" xmlns:e="{ENCODING}"'
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return f"<s:Envelope {spaces}>{head}<s:Body>{body}</s:Body></s:Envelope>".encode()


def told(inner: str = "", attributes: str = "") -> bytes:
    return envelope(f'<told xmlns="urn:t" {attributes}>{inner}</told>')


def body(of: SoapContract, inner: str = "", attributes: str = "") -> Any:
    """What is read of a reply whose element `told` holds this."""
    return of.read("Ask", told(inner, attributes)).body
