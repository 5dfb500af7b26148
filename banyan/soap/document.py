"""WSDLs from the disk and from nowhere else."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from zeep import Settings
from zeep.transports import Transport

from banyan.soap.codec.facets import Document


class NotVendored(Exception):
    """A WSDL asks for a document that does not lie beside it; the network is never asked."""


class _Disk(Transport):
    def __init__(self, root: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # zeep is typed in part
        self._root = root

    def load(self, url: str) -> bytes:
        parts = urlsplit(url)
        if parts.scheme not in ("", "file"):
            raise NotVendored(f"{url} is not on this disk")
        path = Path(url2pathname(parts.path)).resolve()
        if not path.is_relative_to(self._root):
            raise NotVendored(f"{path.name} lies outside the folder of the WSDL")
        return path.read_bytes()


def load(wsdl: Path, root: Path | None) -> Any:
    """Read a WSDL and its imports, all of which must lie under `root`. Blocks."""
    disk: Any = _Disk((root or wsdl.parent).resolve())
    try:
        return Document(str(wsdl.resolve()), disk, settings=Settings(forbid_dtd=True, forbid_external=True))
    finally:
        disk.session.close()
