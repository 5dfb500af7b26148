"""Standard Webhooks: every delivery is signed, so that a listener knows who sent it and when."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
_BYTES = 32
_SHORTEST, _LONGEST = 24, 64


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def is_secret(text: str) -> bool:
    """`whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has it."""
    try:
        return text.startswith(PREFIX) and _SHORTEST <= len(_key(text)) <= _LONGEST
    except (ValueError, binascii.Error):
        return False


def signed(id: str, timestamp: int, body: bytes, by: Iterable[str]) -> dict[str, str]:
    """The three headers; one signature for each secret."""
    text = f"{id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(_key(secret), text, hashlib.sha256)).decode() for secret in by)
    headers = {"webhook-id": id, "webhook-timestamp": str(timestamp)}
    signature = " ".join(f"v1,{each}" for each in signatures)
    return {**headers, "webhook-signature": signature} if signature else headers


def _key(secret: str) -> bytes:
    written = secret.removeprefix(PREFIX)
    if not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", written):
        raise ValueError("no base64")
    return base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
