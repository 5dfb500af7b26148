"""WS-Security UsernameToken 1.0, in the envelope's header beside what the contract puts there."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha1
from typing import Literal
from xml.sax.saxutils import escape

from contracts.clock import Clock

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_PROFILE = f"{_WSS}username-token-profile-1.0"
_BASE64 = f"{_WSS}soap-message-security-1.0#Base64Binary"
NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """Who we are, said anew in each message."""

    username: str
    password: str
    kind: Literal["text", "digest"]
    clock: Clock
    nonce: Callable[[int], bytes] = secrets.token_bytes

    def __repr__(self) -> str:
        return f"UsernameToken({self.username!r}, {self.kind})"

    def block(self) -> str:
        """The Security element, for one message."""
        created = self.clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        nonce = self.nonce(NONCE_BYTES)
        password, kind = escape(self.password), "PasswordText"
        if self.kind == "digest":
            # SHA-1 is what the profile says.
            digest = sha1(nonce + created.encode() + self.password.encode(), usedforsecurity=False).digest()
            password, kind = b64encode(digest).decode(), "PasswordDigest"
        return (
            f'<wsse:Security xmlns:wsse="{_WSS}wssecurity-secext-1.0.xsd" xmlns:wsu="{_WSS}wssecurity-utility-1.0.xsd">'
            f"<wsse:UsernameToken><wsse:Username>{escape(self.username)}</wsse:Username>"
            f'<wsse:Password Type="{_PROFILE}#{kind}">{password}</wsse:Password>'
            f'<wsse:Nonce EncodingType="{_BASE64}">{b64encode(nonce).decode()}</wsse:Nonce>'
            f"<wsu:Created>{created}</wsu:Created></wsse:UsernameToken></wsse:Security>"
        )


def with_block(envelope: bytes, block: str) -> bytes:
    """One of our own envelopes, whose prefix is always soap, with one more header block before the others."""
    told = block.encode()
    for opening, closing in ((b"<soap:Header>", b""), (b"<soap:Header/>", b"</soap:Header>")):
        head, found, rest = envelope.partition(opening)
        if found:
            return head + b"<soap:Header>" + told + closing + rest
    head, found, rest = envelope.partition(b"<soap:Body")
    return head + b"<soap:Header>" + told + b"</soap:Header>" + found + rest
