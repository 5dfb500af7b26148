"""What stands in a complex type, written: leaves, wildcards, blocks and attributes, each from the dict around it."""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree
from zeep.xsd import CompoundValue

from banyan.soap.codec.dialect import Dialect
from banyan.soap.codec.facets import fixed, is_prohibited
from banyan.soap.codec.shapes import Block, Leaf, Part, Wild, keys
from banyan.soap.codec.texts import Say, Unsayable, escaped, quoted, text_writer

XSI = "http://www.w3.org/2001/XMLSchema-instance"
WRONG = (TypeError, ValueError, ArithmeticError, AttributeError)
Out = list[Any]
"""The text so far. The second item is a set of namespaces to be declared on the outermost element besides its own."""
Put = Callable[[Out, Any], None]
"""Writes one occurrence of something."""
Fill = Callable[[Out, dict[str, Any]], None]
"""Writes what belongs to one part from the values around it."""
Attributes = Callable[[dict[str, Any]], str]
Write = Callable[[Out, Any, str, str], None]
"""Takes what collects the text, the value, the start tag without its end, and the end tag."""
TEXT = "_value_1"


class Elements:
    """What a block asks of whoever knows the types of its elements."""

    encoded = False
    """Whether they are written in the SOAP encoding."""

    def put(self, element: Any) -> Put:
        raise NotImplementedError

    def words(self, element: Any) -> tuple[Say, str, str] | None:
        """What says the text of an element of a simple type, and its tags; None for others."""
        raise NotImplementedError

    def nil(self, element: Any) -> Put:
        raise NotImplementedError

    def default(self, element: Any) -> str | None:
        """The whole element where it is left out and only one text will do for it."""
        raise NotImplementedError


def list_of(value: Any) -> Any:
    """A lone value is a list of one; nothing is an empty list."""
    if isinstance(value, list | tuple):
        return value
    return () if value is None else (value,)


def part_writer(part: Part, elements: Elements) -> Fill:
    if isinstance(part, Leaf):
        return (_many if part.many else _one)(part, elements)
    return _wild(part) if isinstance(part, Wild) else block_writer(part, elements)


def block_writer(block: Block, elements: Elements) -> Fill:
    inside = (_choice if block.kind == "choice" else _sequence)(block, elements)
    if block.key is not None:
        return _rounds(block, block.key, inside)
    if block.least == 0:
        single, listed = keys(block)
        return _if_any(frozenset((*single, *listed)), inside)
    return inside


def _one(leaf: Leaf, elements: Elements) -> Fill:
    key, put, words = leaf.key, elements.put(leaf.element), elements.words(leaf.element)
    absent = _absent(leaf, elements) if leaf.least else None

    def fill(out: Out, around: dict[str, Any]) -> None:
        given = around.get(key)
        if given is not None:
            put(out, given)
        elif absent is not None:
            absent(out, around)

    if words is None:
        return fill
    say, start, end = words

    def fill_text(out: Out, around: dict[str, Any]) -> None:
        given = around.get(key)
        if given is not None:
            try:
                out.append(f"{start}{say(given)}{end}")
            except WRONG as wrong:
                raise told(key, wrong) from None
        elif absent is not None:
            absent(out, around)

    return fill_text


def _many(leaf: Leaf, elements: Elements) -> Fill:
    key, put, least, most = leaf.key, elements.put(leaf.element), leaf.least, leaf.most
    absent = _absent(leaf, elements)

    def fill(out: Out, around: dict[str, Any]) -> None:
        given = around.get(key)
        items = given if type(given) is list else list_of(given)
        if not least <= len(items) <= (len(items) if most is None else most):
            raise named(key, f"comes {len(items)} times")
        for item in items:
            if item is not None:
                put(out, item)
            else:
                absent(out, None)

    return fill


def _absent(leaf: Leaf, elements: Elements) -> Put:
    """What is written where a value is needed and there is none.

    In the SOAP encoding anything may be nil; one that is not even named was forgotten.
    """
    nil = elements.nil(leaf.element)
    if leaf.element.nillable:
        return nil
    key, text, encoded = leaf.key, elements.default(leaf.element), elements.encoded

    def put(out: Out, around: Any) -> None:
        if encoded and (around is None or key in around):
            nil(out, None)
        elif text is None:
            raise named(key, "is missing")
        else:
            out.append(text)

    return put


def _wild(wild: Wild) -> Fill:
    key, least, most = wild.key, wild.wildcard.min_occurs, wild.most

    def fill(out: Out, around: dict[str, Any]) -> None:
        items = list_of(around.get(key))
        if not least <= len(items) <= (len(items) if most is None else most):
            raise named(key, f"comes {len(items)} times")
        for item in items:
            if not isinstance(item, etree._Element):  # noqa: SLF001 - lxml's only name for its type
                raise named(key, "takes lxml elements")
            out.append(etree.tostring(item, encoding="unicode", with_tail=False))

    return fill


def _sequence(block: Block, elements: Elements) -> Fill:
    steps = [part_writer(part, elements) for part in block.parts]

    def fill(out: Out, around: dict[str, Any]) -> None:
        for step in steps:
            step(out, around)

    return fill


def _if_any(names: frozenset[str], inside: Fill) -> Fill:
    def fill(out: Out, around: dict[str, Any]) -> None:
        if _given(around, names):
            inside(out, around)

    return fill


def _rounds(block: Block, key: str, inside: Fill) -> Fill:
    single, listed = keys(block)
    names = frozenset((*single, *listed))
    least, most = block.least, block.most

    def fill(out: Out, around: dict[str, Any]) -> None:
        rounds = list_of(around.get(key))
        if not least <= len(rounds) <= (len(rounds) if most is None else most):
            raise named(key, f"comes {len(rounds)} times")
        for each in rounds:
            if not isinstance(each, Mapping):
                raise named(key, "takes dicts of its parts")
            unknown(each, names)
            inside(out, dict(each))

    return fill


def _choice(block: Block, elements: Elements) -> Fill:
    """Exactly one alternative: the first that has a place for all that is given."""
    branches = [(_keys(part), part_writer(_taken(part), elements)) for part in block.parts]
    names = frozenset(name for mine, _ in branches for name in mine)
    nils = [
        (part.key, elements.nil(part.element))
        for part in block.parts
        if isinstance(part, Leaf) and part.element.nillable and not part.many
    ]
    empty = block.hollow or any(_may_be_nothing(part) for part in block.parts)

    def fill(out: Out, around: dict[str, Any]) -> None:
        given = _given(around, names)
        if not given:
            said = next((put for key, put in nils if key in around), None)
            if said is not None and not empty:
                said(out, None)
            elif not empty:
                raise Unsayable(f"lacks one of {', '.join(sorted(names))}")
            return
        wrong = Unsayable(f"may not have {' and '.join(sorted(given))} together")
        for mine, step in branches:
            if given <= mine:
                before = len(out)
                try:
                    step(out, around)
                except Unsayable as other:
                    del out[before:]
                    wrong = other
                else:
                    return
        raise wrong

    return fill


def _taken(part: Part) -> Part:
    """An alternative, once it is the one: zeep takes each as optional."""
    if isinstance(part, Block) and part.key is None:
        return Block(part.kind, part.parts, 1, part.most, None, part.hollow)
    return part


def _may_be_nothing(part: Part) -> bool:
    if isinstance(part, Leaf):
        return False
    if isinstance(part, Wild):
        return part.wildcard.min_occurs == 0
    return part.least == 0 or (part.kind != "choice" and all(_optional(inner) for inner in part.parts))


def _optional(part: Part) -> bool:
    return part.least == 0 if isinstance(part, Leaf) else _may_be_nothing(part)


def _keys(part: Part) -> frozenset[str]:
    if isinstance(part, Block) and part.key is None:
        single, listed = keys(part)
        return frozenset((*single, *listed))
    return frozenset((str(part.key),))


def _given(around: dict[str, Any], names: frozenset[str]) -> frozenset[str]:
    """Which of these parts have a value."""
    return frozenset(name for name in names if not _nothing(around.get(name)))


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, list) and not value)


def attributes_writer(kind: Any, dialect: Dialect, tag: Callable[[Any], str]) -> Attributes | None:
    """What writes the attributes of a complex type; None where it has none."""
    told = [
        _attribute(key, attribute, f' {tag(attribute.qname)}="', text_writer(attribute.type, dialect))
        for key, attribute in kind.attributes
        if attribute.name is not None and not is_prohibited(attribute)
    ]
    told += [_any_attribute(key) for key, attribute in kind.attributes if attribute.name is None]
    return (lambda around: "".join([say(around) for say in told])) if told else None


def _attribute(key: str, attribute: Any, head: str, say: Say) -> Attributes:
    needed = attribute.required
    only = (fixed(attribute) if attribute.default is None else attribute.default) if needed else None

    def write(around: dict[str, Any]) -> str:
        given = around.get(key, only)
        if given is None:
            given = only
        if given is not None:
            return f'{head}{quoted(spoken(key, say, given))}"'
        if needed:
            raise named(key, "is missing")
        return ""

    return write


def _any_attribute(key: str) -> Attributes:
    return lambda around: "".join(_foreign(around.get(key) or {}))


def _foreign(values: Mapping[str, Any]) -> list[str]:
    said = []
    for number, (name, value) in enumerate(values.items()):
        parsed = etree.QName(name)
        if parsed.namespace == XSI:  # what a reader found where an element was nil
            continue
        text = quoted(escaped(str(value)))
        space = f' xmlns:a{number}="{quoted(escaped(parsed.namespace))}"' if parsed.namespace else ""
        prefix = f"a{number}:" if parsed.namespace else ""
        said.append(f'{space} {prefix}{parsed.localname}="{text}"')
    return said


def parts_of(value: CompoundValue) -> dict[str, Any]:
    """Those of a value of zeep's, which holds a dict of nothings for a group that does not come."""
    return {name: [] if isinstance(part, dict) else part for name, part in value.__values__.items()}


def put_text(name: str, say: Say, start: str, end: str) -> Put:
    """An element of a simple type."""

    def put(out: Out, given: Any) -> None:
        out.append(f"{start}{spoken(name, say, given)}{end}")

    return put


def spoken(name: str, say: Say, given: Any) -> str:
    try:
        return say(given)
    except WRONG as wrong:
        raise told(name, wrong) from None


def told(name: str, wrong: Exception) -> Unsayable:
    """What is wrong, by the name of the part. What stumbled over a value may quote it, and is dropped."""
    if not isinstance(wrong, Unsayable):
        return named(name, "is of the wrong kind")
    wrong.path.append(name)
    return wrong


def unknown(values: Mapping[str, Any], names: frozenset[str]) -> None:
    """Raises for a part that the contract does not have here."""
    for name in values:
        if name not in names:
            raise Unsayable(f"has no part {name}")


def named(name: str, why: str) -> Unsayable:
    wrong = Unsayable(why)
    wrong.path.append(name)
    return wrong


def content_writer(fill: Fill | None, attributes: Attributes | None, names: frozenset[str]) -> Write:
    """A complex type of elements; `names`: all the keys that it knows."""

    def write(out: Out, value: Any, start: str, end: str) -> None:
        if not names.issuperset(value):
            unknown(value, names)
        out.append(f"{start}>" if attributes is None else f"{start}{attributes(value)}>")
        if fill is not None:
            fill(out, value)
        out.append(end)

    return write


def text_content_writer(say: Say, attributes: Attributes | None, names: frozenset[str]) -> Write:
    """A complex type of text and attributes."""

    def write(out: Out, value: Any, start: str, end: str) -> None:
        around = value if isinstance(value, dict) else {TEXT: value}
        unknown(around, names)
        given = around.get(TEXT)
        text = spoken(TEXT, say, "" if given is None else given)
        out.append(f"{start}{'' if attributes is None else attributes(around)}>{text}{end}")

    return write
