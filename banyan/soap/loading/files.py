"""Where an import leads: to a file below one folder, or to one of the schemas that everybody shares."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from lxml import etree

K = TypeVar("K")
SHARED = Path(__file__).parent / "w3c"
SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
STANDARD = {
    SOAP_ENCODING: "soap-encoding.xsd",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap-envelope.xsd",
    "http://www.w3.org/XML/1998/namespace": "xml.xsd",
    "http://www.w3.org/1999/xlink": "xlink.xsd",
    "http://www.w3.org/2005/05/xmlmime": "xmlmime.xsd",
    "http://www.w3.org/2004/08/xop/include": "xop.xsd",
    "http://www.w3.org/2005/08/addressing": "addressing.xsd",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing": "addressing-2004.xsd",
    "http://www.w3.org/2000/09/xmldsig#": "signature.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd": "security.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd": "security-utility.xsd",
}
OLD, NEW = re.compile(rb"http://www\.w3\.org/(1999|2000/10)/XMLSchema(?=[\"'-])"), b"http://www.w3.org/2001/XMLSchema"
"""The drafts of XML Schema that the first systems with SOAP were written by, and what became of them."""


@dataclass(frozen=True)
class Problem:
    """`file`: its name below the folder that was searched. `why`: a sentence about it."""

    file: str
    why: str

    def __str__(self) -> str:
        return f"{self.file} {self.why}"


class Broken(Exception):
    """Nothing of a WSDL can be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class NotVendored(Broken):
    """A WSDL asks for a document that is not on this disk, and nothing is left without it."""


class Files:
    """The documents below `root`, each parsed once, without document types, entities or network."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.trees: dict[Path, etree._Element | None] = {}
        self._missing = False

    def say(self, path: Path, why: str) -> None:
        problem = Problem(self.name(path), why)
        if problem not in self.problems:
            self.problems.append(problem)

    def broken(self, dropped: Mapping[str, str] | None = None) -> Broken:
        lost = tuple(Problem(f"operation {name}", why) for name, why in (dropped or {}).items())
        return (NotVendored if self._missing else Broken)((*self.problems, *lost))

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def without_paths(self, wrong: Exception) -> str:
        return str(wrong).replace(f"{self.root}/", "").replace(f"{SHARED}/", "") or type(wrong).__name__

    def tree(self, path: Path) -> etree._Element | None:
        """The root of a document, or None when it cannot be used, which is then said."""
        if path not in self.trees:
            self.trees[path] = self._parse(path)
        return self.trees[path]

    def find(self, importer: Path, location: str, namespace: str | None, kind: str = "schema") -> Path | None:
        """The file that an import means; None when it is not here or cannot be used, which is then said.

        `kind`: what its root should be called, "schema" or "definitions".
        """
        remote = urlsplit(location).scheme in ("http", "https", "urn")
        path = None if remote else self._beside(importer, location)
        if path is None or self.tree(path) is None:
            path = self._standard(namespace, location) or self._elsewhere(importer, location, namespace, kind)
            if path is not None and not remote:
                self.say(importer, f"imports {location}, which is not there: {self.name(path)} is used")
        if path is None:
            self._missing = True
            where = "is not on this disk, and the network is never asked" if remote else "is not there"
            self.say(importer, f"imports {location}, which {where}")
        return path if path is not None and self.tree(path) is not None else None

    def declaring(self, namespace: str, kind: str = "schema") -> Path | None:
        """The file that declares a namespace, when exactly one does or everybody knows which."""
        return self._standard(namespace, namespace) or _only(self._spaces.get((kind, namespace), []))

    def _parse(self, path: Path) -> etree._Element | None:
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
            text, drafts = OLD.subn(NEW, path.read_bytes())
            root = etree.fromstring(text, parser)
        except OSError:
            self._missing = True
            self.say(path, "is not there")
            return None
        except (etree.XMLSyntaxError, ValueError) as wrong:
            self.say(path, f"is not well-formed XML ({self.without_paths(wrong)})")
            return None
        if root.getroottree().docinfo.internalDTD is not None:
            self.say(path, "carries a document type, which is refused")
            return None
        if drafts:
            self.say(path, "is written by a draft of XML Schema, which is read as the XML Schema of 2001")
        return root

    def _beside(self, importer: Path, location: str) -> Path | None:
        plain = location.removeprefix("file://")
        for written in dict.fromkeys((plain, unquote(plain), unquote(urlsplit(plain).path))):
            for slashed in dict.fromkeys((written, written.replace("\\", "/"))):
                path = (importer.parent / slashed).resolve()
                if not path.is_relative_to(self.root) and importer.parent != SHARED:
                    if path.is_file():
                        self.say(importer, f"imports {location}, which lies outside the folder of the contracts")
                    continue
                if path.is_file():
                    if slashed != written:
                        self.say(importer, f"imports {location}, a path with backslashes: {self.name(path)} is used")
                    return path
                other = _only(self._named.get(str(path).casefold(), []))
                if other is not None:
                    self.say(importer, f"imports {location}, whose name is written {self.name(other)}")
                    return other
        return None

    def _standard(self, namespace: str | None, location: str) -> Path | None:
        name = STANDARD.get(namespace or "") or STANDARD.get(location)
        return SHARED / name if name else None

    def _elsewhere(self, importer: Path, location: str, namespace: str | None, kind: str) -> Path | None:
        """A vendored copy: the one file of that name that declares the namespace, or the one that declares it."""
        name = urlsplit(location).path.replace("\\", "/").rpartition("/")[2].casefold()
        known = [path for path in self._spaces.get((kind, namespace), []) if path != importer]
        return _only([path for path in known if path.name.casefold() == name]) or (_only(known) if namespace else None)

    @cached_property
    def _listed(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*") if path.suffix.lower() in (".xsd", ".wsdl", ".xml"))

    @cached_property
    def _named(self) -> dict[str, list[Path]]:
        return _grouped((str(path).casefold(), path) for path in self._listed)

    @cached_property
    def _spaces(self) -> dict[tuple[str, str | None], list[Path]]:
        return _grouped((_declared(path), path) for path in self._listed)


def _grouped(pairs: Iterator[tuple[K, Path]]) -> dict[K, list[Path]]:
    groups: dict[K, list[Path]] = {}
    for key, path in pairs:
        groups.setdefault(key, []).append(path)
    return groups


def _only(found: list[Path]) -> Path | None:
    return found[0] if len(found) == 1 else None


def _declared(path: Path) -> tuple[str, str | None]:
    """What a document is and the namespace that it declares, told from its first tag."""
    try:
        with path.open("rb") as stream:
            for _, root in etree.iterparse(stream, events=("start",), resolve_entities=False, no_network=True):
                return str(root.tag).rpartition("}")[2], root.get("targetNamespace")
    except (OSError, etree.XMLSyntaxError):
        pass
    return "", None
