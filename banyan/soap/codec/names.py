"""How the elements of a message are called: each namespace by one prefix, declared where it is needed."""

from collections.abc import Iterable
from typing import Any

from banyan.soap.codec.lineage import ENCODING, XSD
from banyan.soap.codec.parts import XSI
from banyan.soap.codec.texts import escaped

PREFIXES = {XSI: "xsi", XSD: "xsd", ENCODING: "soapenc", "http://www.w3.org/XML/1998/namespace": "xml"}


class Names:
    def __init__(self, *, typed: bool) -> None:
        """`typed`: as in the SOAP encoding."""
        self._typed = typed
        self._prefixes = dict(PREFIXES)

    def tag(self, name: Any) -> str:
        return f"{self.prefix(name.namespace)}:{name.localname}" if name.namespace else str(name.localname)

    def called(self, element: Any) -> str:
        """Members of encoded structs are not qualified, whatever the schema says of its elements."""
        return str(element.qname.localname) if self._typed and not element.is_global else self.tag(element.qname)

    def prefix(self, namespace: str) -> str:
        return self._prefixes.setdefault(namespace, f"n{len(self._prefixes) - len(PREFIXES)}")

    def declared(self, spaces: Iterable[str]) -> str:
        used = sorted((self.prefix(space), space) for space in spaces)
        return "".join(f' xmlns:{prefix}="{escaped(space)}"' for prefix, space in used if prefix != "xml")
