"""Takes a WSDL and every document that it imports into an adapter's folder, and names what is not there."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

WSDL = "http://schemas.xmlsoap.org/wsdl/"
XSD = "http://www.w3.org/2001/XMLSchema"
REFERENCES = {
    f"{{{WSDL}}}import": "location",
    f"{{{WSDL}}}include": "location",
    f"{{{XSD}}}import": "schemaLocation",
    f"{{{XSD}}}include": "schemaLocation",
    f"{{{XSD}}}redefine": "schemaLocation",
}
OWN = ("http://www.w3.org/", "http://schemas.xmlsoap.org/", "https://www.w3.org/", "https://schemas.xmlsoap.org/")
"""Whose schemas the SDK has itself."""

_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
_HTML = re.compile(rb"[^<]*(<\?xml[^>]*>|<!--.*?-->|\s)*(<!doctype html|<html)", re.IGNORECASE | re.DOTALL)


class NoWsdl(Exception):
    """What was given is no WSDL that an adapter can be made from; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Documents:
    """A WSDL with all that it imports."""

    wsdl: Path
    root: Path
    """The folder that holds all of them."""
    files: tuple[Path, ...]
    missing: tuple[str, ...]
    """What is imported and not there: `file: what it imports`."""

    @property
    def main(self) -> Path:
        """The WSDL, below the root."""
        return self.wsdl.relative_to(self.root)

    def copy(self, into: Path) -> list[Path]:
        """Copy the tree as it is; returns what was written."""
        written = []
        for file in self.files:
            target = into / file.relative_to(self.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            written.append(target)
        return written


def gather(wsdl: Path) -> Documents:
    """Follow the imports of a WSDL over the disk. Raises NoWsdl when the file is none."""
    wsdl = _wsdl(wsdl)
    found: dict[Path, None] = {}
    missing: dict[str, None] = {}
    waiting = [wsdl]
    while waiting:
        file = waiting.pop(0)
        if file in found:
            continue
        found[file] = None
        for said in _references(file):
            if said.startswith(OWN):
                continue
            target = _locate(file, said)
            if target is None:
                missing[f"{file.name}: {said}"] = None
            else:
                waiting.append(target)
    root = Path(commonpath([file.parent for file in found]))
    return Documents(wsdl, root, tuple(found), tuple(missing))


def _wsdl(path: Path) -> Path:
    if urlsplit(str(path)).scheme in ("http", "https"):
        address = str(path).replace(":/", "://", 1)  # as it was before it became a path
        raise NoWsdl(f"{address} is an address: download the WSDL and what it imports, and name the file")
    if path.is_dir():
        inside = ", ".join(sorted(each.name for each in path.glob("*.wsdl"))) or "no .wsdl file"
        raise NoWsdl(f"{path} is a folder; it holds {inside}")
    if not path.is_file():
        raise NoWsdl(f"there is no file {path}")
    told = path.read_bytes()
    if not told.strip():
        raise NoWsdl(f"{path} is empty")
    if told.startswith(_PACKED):
        raise NoWsdl(f"{path} is compressed: unpack it")
    if _HTML.match(told):
        raise NoWsdl(f"{path} is an HTML page, such as one to log in or of an error: download the WSDL again")
    try:
        root = etree.fromstring(told, _parser())
    except etree.XMLSyntaxError as error:
        raise NoWsdl(f"{path} is not well-formed XML: {error.msg}") from None
    if root.tag != f"{{{WSDL}}}definitions":
        name = etree.QName(root)
        kind = {XSD: "an XML schema", "http://www.w3.org/ns/wsdl": "WSDL 2.0, and WSDL 1.1 is needed"}
        raise NoWsdl(f"{path} is no WSDL: its root is <{name.localname}> ({kind.get(name.namespace or '', 'unknown')})")
    return path.resolve()


def _references(file: Path) -> Iterator[str]:
    try:
        tree = etree.parse(file, _parser())
    except etree.XMLSyntaxError:
        return  # loading names it
    for node in tree.iter(*REFERENCES):
        said = node.get(REFERENCES[str(node.tag)])
        if said:
            yield said


def _locate(file: Path, said: str) -> Path | None:
    """The file that is meant: as it is written, else whatever the letter case and the slashes, else beside it."""
    parts = urlsplit(said)
    if parts.scheme in ("http", "https"):
        beside = file.parent / Path(unquote(parts.path)).name
        return beside.resolve() if beside.is_file() else None
    found: Path | None = file.parent
    for name in unquote(parts.path).replace("\\", "/").split("/"):
        found = None if found is None else _named(found, name)
    return found.resolve() if found is not None and found.is_file() else None


def _named(folder: Path, name: str) -> Path | None:
    exact = folder / name
    if exact.exists():
        return exact
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    return next((each for each in inside if each.name.lower() == name.lower()), None)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
