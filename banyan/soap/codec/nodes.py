"""What can be said of a single element: its text, its type by name, whether it is nil."""

from collections.abc import Callable
from typing import Any

from lxml.etree import _Element

from banyan.soap.codec.attributes import Put
from banyan.soap.codec.simple import Convert
from banyan.soap.codec.ways import Read, local
from banyan.soap.strict import Untrusted


def text_of(node: _Element, convert: Convert) -> Any:
    if len(node):
        raise childish(node, local(node.tag))
    try:
        return convert(node.text) if node.text is not None else of_nothing(convert, None)()
    except (ValueError, ArithmeticError):
        raise Untrusted(f"{local(node.tag)} has the wrong form") from None


def childish(node: _Element, name: str) -> Untrusted:
    """What is wrong with an element that should hold a text and has children."""
    if node[0].tag == "{http://www.w3.org/2004/08/xop/include}Include":
        return Untrusted(f"{name} is sent as an attachment, which is not read")
    return Untrusted(f"{name} has children")


def of_nothing(convert: Convert, default: str | None) -> Callable[[], Any]:
    """An empty text is the default, or no text where the type allows an empty one, or has the wrong form."""
    if default is not None:
        value = convert(default)
        return lambda: value
    try:
        value = convert("")
    except (ValueError, ArithmeticError):
        return lambda: convert("")
    return list if isinstance(value, list) else lambda: None


def takes_nothing(convert: Convert) -> bool:
    """Whether an empty text is none."""
    try:
        return not isinstance(convert(""), list)
    except (ValueError, ArithmeticError):
        return False


def fixed_text(convert: Convert, value: Any) -> Convert:
    def check(text: str) -> Any:
        if convert(text) != value:
            raise ValueError
        return value

    return check


def nil(node: _Element, name: str, *, nillable: bool) -> None:
    if not nillable:
        raise Untrusted(f"{name} is nil")
    if len(node) or (node.text or "").strip():
        raise Untrusted(f"{name} is nil and holds something")


def refusing(why: str) -> Read:
    def read(_: _Element) -> Any:
        raise Untrusted(why)

    return read


def type_name(node: _Element, named: str) -> str:
    """An xsi:type or the like in Clark notation."""
    if named.startswith("{"):  # already told apart, where an element was put in the place of its reference
        return named
    prefix, _, name = named.strip().rpartition(":")
    namespace = node.nsmap.get(prefix or None)
    if prefix and namespace is None:
        raise Untrusted(f"{local(node.tag)} is of an unknown type")
    return f"{{{namespace}}}{name}" if namespace else name


def hollow(_: _Element, __: dict[str, Any]) -> bool:
    """Fills nothing in, for a type without children."""
    return False


def with_text(key: str, convert: Convert, make: Callable[[], dict[str, Any]], attributes: Put | None) -> Read:
    """Reads an element that holds text and has attributes."""

    def read(node: _Element) -> Any:
        out = make()
        out[key] = text_of(node, convert)
        if attributes is not None:
            attributes(node, out)
        return out

    return read
