"""WSDLs from the disk and from nowhere else: what is broken at source is named, and the rest still loads."""

# mypy: allow-untyped-calls
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from zeep.wsdl import Document

from banyan.soap.loading.document import WholeDocument
from banyan.soap.loading.files import Broken, Files, NotVendored, Problem
from banyan.soap.loading.missing import ZEEP, mark_incomplete

__all__ = ["Broken", "Loaded", "NotVendored", "Problem", "load"]


@dataclass(frozen=True)
class Loaded:
    """`dropped`: operations named in a SOAP binding that cannot be called, each with why.

    An operation that two bindings name is called "Binding.operation" there. Of operations of one name the first has it,
    the others are called by the name of their input.
    """

    document: Document
    problems: tuple[Problem, ...]
    dropped: Mapping[str, str]


def load(wsdl: Path, root: Path | None = None) -> Loaded:
    """Read a WSDL and what it imports from below `root` (its own folder); the network is never asked.

    Blocks for 20 to 50 ms of CPU and disk, 0.6 s for 750 operations: on a running loop, call it in a thread.
    Raises Broken, or NotVendored when a file is not there, when no operation can be called because of that.
    """
    files = Files((root or wsdl.parent).resolve())
    path = wsdl.resolve()
    if not path.is_relative_to(files.root):
        raise NotVendored((Problem(path.name, "lies outside the folder of the contracts"),))
    if files.tree(path) is None:
        raise files.broken()
    try:
        document = WholeDocument(path, files)
        mark_incomplete(document.types, document.bindings.values(), files)
    except ZEEP as wrong:
        files.say(path, f"cannot be read: {files.without_paths(wrong)}")
        raise files.broken() from wrong
    dropped = MappingProxyType(document.dropped())
    if not any(binding.all() for binding in document.bindings.values()) and (dropped or files.problems):
        raise files.broken(dropped)
    return Loaded(document, tuple(files.problems), dropped)
