"""The bytes of a reply as XML in an encoding that a parser takes: unpacked within a limit, out of its code page."""

import codecs
import re
import zlib

PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Content codings by zlib's window bits."""
PIECE = 4096
"""Packed bytes that are looked at in one go: what stands behind the end of a part is copied each time."""
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NEL = "\x85"
"""What EBCDIC ends a line with; no white space to XML 1.0."""


class Unreadable(Exception):
    """A body that cannot be unpacked or decoded, or is too large once it is."""


def unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """Undo the content coding. Never holds more than `limit` bytes and one more."""
    if coding in ("", "identity"):
        return body
    window = PACKED.get(coding)
    if window is None:
        raise Unreadable("it is packed in an unknown way")
    if coding == "deflate" and body[:1] and body[0] & 0x0F != 8:  # noqa: PLR2004 - zlib's mark; some send it bare
        window = -15
    whole, at, unpack = bytearray(), 0, zlib.decompressobj(window)
    while at < len(body):
        if unpack.eof:
            unpack = zlib.decompressobj(window)
        piece = body[at : at + PIECE]
        try:
            whole += unpack.decompress(piece, limit + 1 - len(whole))
        except zlib.error:
            raise Unreadable("it cannot be unpacked") from None
        if len(whole) > limit:
            raise Unreadable(f"it unpacks to more than {limit} bytes")
        at += len(piece) - len(unpack.unused_data)
    if body and not unpack.eof:
        raise Unreadable("its packing ends early")
    return bytes(whole)


def in_unicode(body: bytes, charset: str, code_page: str | None) -> bytes:
    """The same document in an encoding of Unicode, where it is not in one that says so itself.

    A byte order mark or an XML declaration decides, then the charset of the HTTP header, then the manifest's code
    page. The code page also reads what is not in the encoding that it declares.
    """
    if body.startswith(_MARKS):
        return body
    if code_page is not None:
        encoding = _encoding(body, code_page)
        return body if encoding is None else _recoded(body, encoding)
    if charset in ("", "utf-8") or _DECLARED.match(body):
        return body
    try:
        codec = codecs.lookup(charset)
    except (LookupError, ValueError):
        raise Unreadable("it is in an unknown encoding") from None
    return body if codec.name in ("utf-8", "ascii") else _recoded(body, codec.name)


def _encoding(body: bytes, code_page: str) -> str | None:
    """The code page where these bytes are in it, going by how they begin and what they declare."""
    blank = b"\r\n\t " + f"{_NEL}\r\n\t ".encode(code_page, "ignore")
    if not body.lstrip(blank).startswith("<".encode(code_page)):
        return None
    declared = _DECLARED.match(body)
    if declared is None:
        return code_page
    try:
        codec = codecs.lookup(declared[1].decode())
        body.decode(codec.name)
    except (UnicodeError, LookupError):
        return code_page
    return code_page if codec.name == codecs.lookup(code_page).name else None


def _recoded(body: bytes, encoding: str) -> bytes:
    try:
        text = body.decode(encoding)
    except (UnicodeError, LookupError):  # the latter: base64 and other codecs that are no encodings
        raise Unreadable("it is not in the encoding of this system") from None
    return _DECLARATION.sub("", text.replace(_NEL, "\n"), count=1).encode()
