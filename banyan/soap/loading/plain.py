"""A contract document as zeep can take it: imports led to files that are there, and its blind spots spelled out."""

from copy import deepcopy
from pathlib import Path

from lxml import etree

from banyan.soap.loading.files import SOAP_ENCODING, Files

XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = ("{http://schemas.xmlsoap.org/wsdl/soap/}", "{http://schemas.xmlsoap.org/wsdl/soap12/}")
BUILT_IN = "http://www.w3.org/2001/XMLSchema"
XML = "http://www.w3.org/XML/1998/namespace"


def plain(files: Files, path: Path) -> bytes:
    """Write the document anew. Its imports are absolute paths of this disk; what leads nowhere is taken out."""
    source = files.tree(path)
    if source is None:
        raise files.broken()
    root = deepcopy(source)
    for schema in root.iter(f"{XSD}schema"):
        _lead_imports(files, path, root, schema)
        _lead_includes(files, path, schema)
    for node in root.findall(f"{WSDL}import"):
        _lead_definitions(files, path, node)
    _spell_out_types(root)
    _spell_out_bindings(root)
    return etree.tostring(root)


def _lead_imports(files: Files, path: Path, root: etree._Element, schema: etree._Element) -> None:
    imported = [XML, schema.get("targetNamespace"), *(node.get("namespace") for node in schema.findall(f"{XSD}import"))]
    if imported.count(XML) == 1 and schema.xpath("boolean(.//@ref[starts-with(., 'xml:')])"):
        schema.insert(0, schema.makeelement(f"{XSD}import", {"namespace": XML}))
    for node in schema.findall(f"{XSD}import"):
        location, namespace = node.get("schemaLocation", "").strip(), node.get("namespace")
        if namespace == BUILT_IN:
            schema.remove(node)
        elif namespace == SOAP_ENCODING:  # LenientSchema has it by that name
            node.set("schemaLocation", SOAP_ENCODING)
        elif location:
            found = files.find(path, location, namespace)
            _lead(files, path, node, found)
        elif namespace and not _inline(root, namespace):
            known = files.declaring(namespace)
            if known is not None and known != path and _is_schema(files, known):
                _lead(files, path, node, known)


def _lead(files: Files, path: Path, node: etree._Element, found: Path | None) -> None:
    parent = node.getparent()
    if found is None or not _is_schema(files, found):
        if found is not None:
            files.say(path, f"imports {files.name(found)}, which is no schema")
        if parent is not None:
            parent.remove(node)
        return
    node.set("schemaLocation", str(found))
    tree = files.tree(found)
    declared = None if tree is None else tree.get("targetNamespace")
    if declared and declared != node.get("namespace"):
        files.say(path, f"imports {files.name(found)} by another namespace than {declared}, which it declares")
        node.set("namespace", declared)


def _lead_includes(files: Files, path: Path, schema: etree._Element) -> None:
    for node in [child for child in schema if child.tag in (f"{XSD}include", f"{XSD}redefine")]:
        location = node.get("schemaLocation", "").strip()
        found = files.find(path, location, schema.get("targetNamespace")) if location else None
        if found is None or not _is_schema(files, found):
            schema.remove(node)
            continue
        if node.tag == f"{XSD}redefine":
            files.say(path, f"redefines {files.name(found)}, which is read as it was before")
            node.tag = f"{XSD}include"
            del node[:]
        node.set("schemaLocation", str(found))


def _lead_definitions(files: Files, path: Path, node: etree._Element) -> None:
    location, namespace = node.get("location", "").strip(), node.get("namespace")
    found = (
        files.find(path, location, namespace, "definitions")
        if location
        else files.declaring(namespace or "", "definitions")
    )
    parent = node.getparent()
    if found is not None and found != path:
        node.set("location", str(found))
    elif parent is not None:
        parent.remove(node)


def _spell_out_types(root: etree._Element) -> None:
    """A schema that travels inside a message, as with each DataSet of .NET, is an element like any other."""
    for node in root.iter(f"{XSD}element", f"{XSD}complexType", f"{XSD}complexContent"):
        for flag in ("nillable", "abstract", "mixed"):
            if node.get(flag, "").strip() == "1":  # zeep knows only the word
                node.set(flag, "true")
        if _named(node, node.get("ref", "")) == f"{XSD}schema":
            node.tag = f"{XSD}any"
            del node.attrib["ref"]
            node.set("namespace", BUILT_IN)
            node.set("processContents", "skip")


def _spell_out_bindings(root: etree._Element) -> None:
    for soap in SOAP:
        for node in root.iter(f"{soap}body", f"{soap}header", f"{soap}headerfault", f"{soap}fault"):
            if node.get("use") is None:
                node.set("use", "literal")
            if node.get("namespace") == "":
                del node.attrib["namespace"]
        for node in root.iter(f"{soap}body"):
            parts = node.get("parts", "").split()
            if len(parts) == 1:  # zeep reads this from an attribute that no contract has
                node.set("part", parts[0])


def _named(node: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{node.nsmap.get(prefix or None)}}}{local}"


def _inline(root: etree._Element, namespace: str) -> bool:
    return any(schema.get("targetNamespace") == namespace for schema in root.iter(f"{XSD}schema"))


def _is_schema(files: Files, path: Path) -> bool:
    root = files.tree(path)
    return root is not None and root.tag == f"{XSD}schema"
