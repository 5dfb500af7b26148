"""What an extension of a complex type holds: what its base holds, and then its own."""

import copy
from collections.abc import Iterator
from typing import Any

from zeep.xsd import ComplexType, Sequence


def extended(kind: Any, base: Any) -> Any:
    """In the place of zeep's `ComplexType.extend`, which merges the two contents into one.

    That forgets how often each of them may come, takes two choices for one, drops a base that is a group, writes
    what the base holds into a group that others share, and makes a text of two that hold nothing.
    """
    if not isinstance(base, ComplexType):
        return ComplexType.extend(kind, base)  # type: ignore[no-untyped-call]  # zeep is typed in part
    if not kind._element or not base._element:  # noqa: SLF001 - zeep's only way to ask
        made = ComplexType.extend(kind, base)  # type: ignore[no-untyped-call]  # zeep is typed in part
        made._element = kind._element or base._element  # noqa: SLF001
        return made
    both: Any = Sequence  # zeep is typed in part
    kind._element = both([*_spread(base._element), *_spread(kind._element)])  # noqa: SLF001
    bare = copy.copy(base)
    bare._element = None  # noqa: SLF001
    made = ComplexType.extend(kind, bare)  # type: ignore[no-untyped-call]  # zeep is typed in part
    made._extension_types = base.accepted_types  # noqa: SLF001
    return made


def _spread(content: Any) -> Iterator[Any]:
    """The parts of a content that comes once, or the content as one part."""
    content = content.resolve()
    if type(content) is Sequence and content.min_occurs == content.max_occurs == 1:
        yield from content
    else:
        yield content
