"""Values for every part of a message: what a simulator answers, what `show` prints, what the oracles are fed with."""

from random import Random
from typing import Any

from lxml import etree
from zeep.xsd import Any as AnyElement
from zeep.xsd import AnySimpleType, Choice, ComplexType, Element, Group, Schema

from banyan.soap.codec.facets import derived, fixed, is_abstract, is_prohibited, namespaces
from banyan.soap.sampling.simple import simple_text, simple_value

__all__ = ["sample", "sample_message"]

SHALLOW, DEEP, DEEPEST = 4, 9, 60
"""Where lists are no longer long, where only the required is said, and where a type is taken to have no end."""
PARTS = 2_000
FULL = 0
"""The seed that leaves out nothing that may come."""


def sample(element: Element, schema: Schema, *, seed: int = FULL, full: bool = True) -> Any:
    """A value of an element: a dict of its parts by zeep's names, or what its simple type is read as.

    `seed` 0 has every optional part, and lists of two; others vary numbers, optional parts, list lengths, chosen
    alternatives and what is nil. Without `full` only the required comes. The same seed gives the same value.
    Raises ValueError when no valid value is found, for instance where an abstract type has nothing to stand for it.
    """
    return _Sampler(schema, seed, full=full).value(element, 0)


def sample_message(message: Any, schema: Schema, *, seed: int = FULL, full: bool = True) -> tuple[Any, dict[str, Any]]:
    """The body and the header parts of one of zeep's SOAP messages."""
    sampler = _Sampler(schema, seed, full=full)
    body = {} if message.body is None else sampler.value(message.body, 0)
    declared = message.header.type.elements if message.header is not None and message.header.type._element else ()  # noqa: SLF001 - zeep's only way to ask
    return body, {name: sampler.value(part, 0) for name, part in declared}


class _Sampler:
    def __init__(self, schema: Schema, seed: int, *, full: bool) -> None:
        self._schema = schema
        self._seed = seed
        self._full = full
        self._dice = Random(seed)  # noqa: S311 - nothing here is a secret
        self._left = PARTS
        self._open: list[Any] = []
        """The types around the present place."""

    def value(self, element: Any, depth: int) -> Any:
        self._left -= 1
        if depth > DEEPEST:
            raise ValueError(f"{element.name} has no end")
        if is_abstract(element):
            raise ValueError(f"{element.name} is abstract")
        if element.nillable and depth and self._seed and self._dice.random() < 1 / 8:
            return None
        text = fixed(element)
        if text is not None and isinstance(element.type, AnySimpleType):
            return element.type.pythonvalue(text)
        return self._of(element.type, depth)

    def _of(self, kind: Any, depth: int) -> Any:
        if isinstance(kind, ComplexType):
            return self._complex(kind, depth)
        if isinstance(kind, AnySimpleType) and type(kind) is not AnySimpleType:
            return simple_value(kind, self._dice)
        return f"sample {self._dice.randint(1, 999)}"

    def _complex(self, declared: ComplexType, depth: int) -> Any:
        kind = self._concrete(declared)
        if kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
            return self._array(kind, depth)
        value: dict[str, Any] = {}
        if kind is not declared:
            value["@type"] = kind.qname.localname
        self._open.append(kind)
        for name, particle in kind.elements_nested:
            self._put(value, name, particle, depth)
        for name, attribute in kind.attributes:
            if attribute.name is None or is_prohibited(attribute):
                continue
            if attribute.required or self._wanted(depth):
                text = fixed(attribute)
                given = attribute.type.pythonvalue(text) if text is not None else self._of(attribute.type, depth + 1)
                value[name] = given
        self._open.pop()
        return value

    def _array(self, kind: Any, depth: int) -> list[Any]:
        spelt = [element.type for _, element in kind.elements if isinstance(element, Element)]
        item = kind._array_type.array_type or next(iter(spelt), None)  # noqa: SLF001 - zeep's only way to ask
        if item is None or any(item is around for around in self._open):
            return []
        self._open.append(kind)
        items = [self._of(item, depth + 1) for _ in range(1 if depth > SHALLOW else self._many(0, 3))]
        self._open.pop()
        return items

    def _concrete(self, declared: ComplexType) -> Any:
        """The type itself, or one that stands in: where it must, and now and then where it may."""
        if not is_abstract(declared) and not (self._seed and self._dice.random() < 1 / 4):
            return declared
        fit: dict[str, list[Any]] = {}
        for kind in sorted(derived(declared, self._schema), key=lambda kind: str(kind.qname.text)):
            if not is_abstract(kind):
                fit.setdefault(kind.qname.localname, []).append(kind)
        clear = [kinds[0] for kinds in fit.values() if len(kinds) == 1]
        new = [kind for kind in clear if kind not in self._open] or clear
        if new:
            return self._dice.choice(new)
        if is_abstract(declared):
            raise ValueError(f"{declared.name} is abstract, and nothing stands in for it")
        return declared

    def _put(self, value: dict[str, Any], name: str | None, part: Any, depth: int, *, chosen: bool = False) -> None:
        if isinstance(part, AnyElement):
            self._put_any(value, str(name), part, depth)
            return
        low = max(part.min_occurs, 1 if chosen else 0)
        if isinstance(part, Element) and name == "_value_1" and part.name == "_value_1":
            value[name] = self._of(part.type, depth)
        elif isinstance(part, Element):
            wanted = low or (self._wanted(depth) and self._possible(part))
            count = self._times(low, part, depth) if wanted and part.accepts_multiple else int(bool(wanted))
            found = self._found(part, depth, count, needed=bool(low))
            if part.accepts_multiple or found:
                value[str(name)] = found if part.accepts_multiple else found[0]
        elif part.accepts_multiple:
            count = self._times(low, part, depth) if low or self._wanted(depth) else 0
            value[str(name)] = [self._round(part, depth) for _ in range(count)]
        elif low or self._wanted(depth):
            value.update(self._round(part, depth))

    def _found(self, element: Element, depth: int, count: int, *, needed: bool) -> list[Any]:
        around = len(self._open)
        try:
            return [self.value(element, depth + 1) for _ in range(count)]
        except ValueError:
            if needed:
                raise
            del self._open[around:]
            return []

    def _round(self, group: Any, depth: int) -> dict[str, Any]:
        """One round of a sequence, a choice or a named group."""
        value: dict[str, Any] = {}
        if isinstance(group, Group):
            return self._round(group.child, depth)
        if isinstance(group, Choice):
            branches = [each for each in group.elements_nested if self._possible(each[1])]
            if branches:
                name, part = branches[0] if self._seed == FULL else self._dice.choice(branches)
                self._put(value, name, part, depth, chosen=True)
            elif group.min_occurs:
                raise ValueError("a choice has nothing to choose from")
            return value
        for name, part in group.elements_nested:
            self._put(value, name, part, depth)
        return value

    def _put_any(self, value: dict[str, Any], name: str, wildcard: AnyElement, depth: int) -> None:
        """Where the contract must know what comes, nothing comes unless something must."""
        many = wildcard.accepts_multiple
        told = wildcard.process_contents != "strict" and self._wanted(depth)
        found = [self._foreign(wildcard)] if wildcard.min_occurs or told else []
        if many or found:
            value[name] = found if many else found[0]

    def _foreign(self, wildcard: AnyElement) -> etree._Element:
        """What a wildcard takes: something declared where it asks for that and there is such a thing."""
        admitted, own = namespaces(wildcard)
        for element in self._schema.elements if wildcard.process_contents == "strict" else ():
            other = element.qname.namespace != own
            fits = admitted == "##any" or (admitted == "##other" and other)
            if fits and isinstance(getattr(element, "type", None), AnySimpleType):
                node = etree.Element(element.qname)
                node.text = simple_text(element.type, self._dice)
                return node
        space = admitted.split()[0].replace("##targetNamespace", own or "").replace("##local", "")
        space = "urn:sample" if space in ("##any", "##other") else space
        node = etree.Element(f"{{{space}}}sample" if space else "sample")
        node.text = str(self._dice.randint(1, 999))
        return node

    def _possible(self, part: Any) -> bool:
        """Whether a part that may be left out has an end and a value."""
        kind = getattr(part, "type", None)
        if isinstance(part, AnyElement) and part.process_contents == "strict":
            return False
        if is_abstract(part) or any(kind is around for around in self._open):
            return False
        if not isinstance(part, Element | AnyElement):
            group = part.child if isinstance(part, Group) else part
            inside = [inner for _, inner in group.elements_nested if inner.min_occurs or isinstance(group, Choice)]
            return (any if isinstance(group, Choice) else all)(map(self._possible, inside)) if inside else True
        if not isinstance(kind, ComplexType) or not is_abstract(kind):
            return True
        return any(not is_abstract(other) for other in derived(kind, self._schema))

    def _wanted(self, depth: int) -> bool:
        """Whether what may come comes here."""
        if not self._full or depth > DEEP or self._left < 0:
            return False
        return self._seed == FULL or self._dice.random() < 3 / 4

    def _times(self, low: int, part: Any, depth: int) -> int:
        high = 3 if part.max_occurs == "unbounded" else min(part.max_occurs, 3)
        if not self._full or not self._left > 0:
            return low
        return max(low, min(1, high)) if depth > SHALLOW else self._many(low, max(low, high))

    def _many(self, low: int, high: int) -> int:
        return max(low, min(2, high)) if self._seed == FULL else self._dice.randint(low, high)
