"""One libxml2 schema of all that a WSDL declares: an oracle that knows nothing of zeep or of our codec.

libxml2 takes one document for each namespace, so every namespace gets a driver that includes its documents, and every
document imports the drivers of all others. What rpc messages are wrapped in is declared nowhere, and is declared here.
Two slips that no reader minds are mended: spaces around a name, and arrays of the SOAP encoding that promise items in
an attribute only, which XML Schema takes for an empty content.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from banyan.soap.loading.files import SOAP_ENCODING, Files
from banyan.soap.loading.plain import plain

XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
ARRAY = f"{WSDL}arrayType"
NAMES: Any = {"xs": XSD[1:-1]}


def assemble(wsdl: Path, root: Path, folder: Path, wrappers: Iterable[Any] = ()) -> etree.XMLSchema:
    """Raises etree.XMLSchemaParseError where the schema is broken at source. Works in `folder`, which is empty.

    `wrappers`: zeep's elements of rpc messages.
    """
    spaces: dict[str | None, list[str]] = {}
    documents: list[tuple[str, etree._Element]] = []
    seen: set[tuple[str | None, bytes]] = set()
    for space, schema in _schemas(Files(root.resolve()), wsdl.resolve()):
        if (space, canonical := etree.tostring(schema, method="c14n")) not in seen:
            seen.add((space, canonical))
            spaces.setdefault(space, []).append(f"d{len(documents)}.xsd")
            documents.append((spaces[space][-1], schema))
    declared = {(schema.get("targetNamespace"), node.get("name")) for _, schema in documents for node in schema}
    for element in wrappers:
        if (element.qname.namespace, element.qname.localname) not in declared:
            spaces.setdefault(element.qname.namespace, []).append(f"d{len(documents)}.xsd")
            documents.append((spaces[element.qname.namespace][-1], _wrapper(element)))
            declared.add((element.qname.namespace, element.qname.localname))
    drivers = {space: f"n{number}.xsd" for number, space in enumerate(spaces)}
    for name, schema in documents:
        for node in [child for child in schema if child.tag in (f"{XSD}import", f"{XSD}include")]:
            schema.remove(node)
        _mend(schema)
        own = schema.get("targetNamespace")
        _import(schema, {space: driver for space, driver in drivers.items() if space != own})
        (folder / name).write_bytes(etree.tostring(schema))
    for space, driver in drivers.items():
        schema = _schema(space)
        for name in spaces[space]:
            etree.SubElement(schema, f"{XSD}include", schemaLocation=name)
        (folder / driver).write_bytes(etree.tostring(schema))
    whole = _schema("urn:banyan:oracle")
    _import(whole, drivers)
    (folder / "whole.xsd").write_bytes(etree.tostring(whole))
    return etree.XMLSchema(etree.parse(folder / "whole.xsd"))


def _mend(schema: etree._Element) -> None:
    for node in schema.iter(f"{XSD}element", f"{XSD}attribute"):
        if node.get("name"):
            node.set("name", node.get("name", "").strip())
    for node in schema.iter(f"{XSD}restriction"):
        promised = node.find(f"{XSD}attribute[@{ARRAY}]")
        if promised is not None and len(node) == 1:
            content = etree.Element(f"{XSD}sequence")
            etree.SubElement(content, f"{XSD}any", minOccurs="0", maxOccurs="unbounded", processContents="lax")
            node.insert(0, content)


def _schema(space: str | None) -> etree._Element:
    schema = etree.Element(f"{XSD}schema", nsmap=NAMES)
    if space:
        schema.set("targetNamespace", space)
    return schema


def _import(schema: etree._Element, drivers: dict[str | None, str]) -> None:
    for space, driver in drivers.items():
        node = etree.Element(f"{XSD}import", schemaLocation=driver)
        if space:
            node.set("namespace", space)
        schema.insert(0, node)


def _schemas(files: Files, wsdl: Path) -> Iterator[tuple[str | None, etree._Element]]:
    """Every schema that a WSDL holds, imports or includes, and the namespace that it is read into."""
    queue: list[tuple[Path, str | None]] = [(wsdl, None)]
    for path, around in queue:
        root = etree.fromstring(plain(files, path))
        found = [root] if root.tag == f"{XSD}schema" else list(root.iterfind(f"{WSDL}types/{XSD}schema"))
        new: list[tuple[str, str | None]] = [
            (node.get("location", ""), None) for node in root.iterfind(f"{WSDL}import")
        ]
        for schema in found:
            space = schema.get("targetNamespace") or around
            new += [(node.get("schemaLocation", ""), None) for node in schema.iterfind(f"{XSD}import")]
            new += [(node.get("schemaLocation", ""), space) for node in schema.iterfind(f"{XSD}include")]
            yield space, etree.fromstring(etree.tostring(schema))
        for location, space in new:
            target = files.declaring(location) if location == SOAP_ENCODING else Path(location or ".")
            if target is not None and target.is_file() and not any(target == known for known, _ in queue):
                queue.append((target, space))


def _wrapper(element: Any) -> etree._Element:
    """What an rpc message is wrapped in, as a schema of its own: one unqualified element for each part."""
    schema = _schema(element.qname.namespace)
    node = etree.SubElement(schema, f"{XSD}element", name=element.qname.localname)
    sequence = etree.SubElement(etree.SubElement(node, f"{XSD}complexType"), f"{XSD}sequence")
    for _, part in element.type.elements:
        name = part.qname if part.is_global else part.type.qname
        told: Any = {"t": name.namespace}
        child = etree.SubElement(sequence, f"{XSD}element", nsmap=told)
        if part.is_global:
            child.set("ref", f"t:{name.localname}")
        else:
            child.set("name", part.name)
            child.set("type", f"t:{name.localname}")
    return schema
