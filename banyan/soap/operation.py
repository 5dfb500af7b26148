"""One operation of a contract: its two messages, compiled when they are first needed."""

from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Any

from zeep.wsdl.bindings.soap import Soap12Binding
from zeep.xsd import Schema

from banyan.soap.byzeep import ByZeep
from banyan.soap.codec import Dialect, NotCompilable
from banyan.soap.codec.reading import Readers
from banyan.soap.messages import Message


class Workshop:
    """What the operations of one contract share. Compiling takes its lock; reading and writing take none."""

    def __init__(self, schema: Schema, dialect: Dialect) -> None:
        self.schema = schema
        self.dialect = dialect
        self.lock = RLock()
        self.literal = Readers(schema, dialect)
        self.encoded = Readers(schema, dialect, ordered=False)


@dataclass(frozen=True)
class Messages:
    request: Message | ByZeep
    reply: Message | ByZeep
    fallback: str | None
    """Why they are left to zeep."""


class Operation:
    def __init__(self, operation: Any, workshop: Workshop) -> None:
        """`operation`: zeep's."""
        binding = operation.binding
        self.zeep = operation
        self.input, self.output = operation.input, operation.output
        self.envelope: str = binding.nsmap["soap-env"]
        self.version = "1.2" if isinstance(binding, Soap12Binding) else "1.1"
        self.one_way = self.output is None
        self.encoded = operation.name in getattr(binding, "encoded", ())
        self._workshop = workshop

    @property
    def request(self) -> Message | ByZeep:
        return self.messages.request

    @property
    def reply(self) -> Message | ByZeep:
        return self.messages.reply

    @property
    def fallback(self) -> str | None:
        return self.messages.fallback

    @cached_property
    def http_headers(self) -> dict[str, str]:
        action = self.zeep.soapaction or ""
        if self.version == "1.2":
            return {"content-type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        return {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}

    @cached_property
    def messages(self) -> Messages:
        shop, operation = self._workshop, self.zeep
        readers = shop.encoded if self.encoded else shop.literal
        with shop.lock:
            try:
                request, reply = (
                    Message(message, shop.schema, shop.dialect, readers, encoded=self.encoded)
                    for message in (operation.input, operation.output)
                )
            except NotCompilable as why:
                return Messages(ByZeep(operation.input, shop.schema), ByZeep(operation.output, shop.schema), str(why))
            return Messages(request, reply, None)
