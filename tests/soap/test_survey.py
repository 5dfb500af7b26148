"""What a WSDL is told to offer, of what people see before they write an adapter."""

from pathlib import Path

from banyan.soap.survey import survey
from banyan.soap.vendor import gather
from tests.soap.small import contract, sequence


def listing(*values: str, name: str = "", base: str = "xs:string") -> str:
    named = f'name="{name}"' if name else ""
    facets = "".join(f'<xs:enumeration value="{value}"/>' for value in values)
    return f'<xs:simpleType {named}><xs:restriction base="{base}">{facets}</xs:restriction></xs:simpleType>'


def of_type(name: str, kind: str) -> str:
    return f'<xs:element name="{name}">{kind}</xs:element>'


def told(folder: Path, types: str) -> list[str]:
    contract(folder, types)
    return [part.told for part in survey(gather(folder / "t.wsdl")).operations["Ask"].answers.parts]


def test_the_values_of_a_type_are_told_whether_it_has_a_name_or_not(tmp_path: Path) -> None:
    parts = (
        '<xs:element name="named" type="t:Colour"/>',
        of_type("inside", listing("A", "B")),
        of_type("narrower", '<xs:simpleType><xs:restriction base="t:Colour"/></xs:simpleType>'),
        of_type("free", '<xs:simpleType><xs:restriction base="xs:string"/></xs:simpleType>'),
    )
    attribute = f'<xs:attribute name="shade">{listing("DARK", "PALE")}</xs:attribute>'
    types = listing("RED", "BLUE", name="Colour") + sequence("".join(parts), attributes=attribute)
    assert told(tmp_path, types) == [
        "named: RED | BLUE",
        "inside: A | B",
        "narrower: RED | BLUE",
        "free: string",
        "@shade: DARK | PALE?",
    ]


def test_a_union_has_values_when_each_of_its_members_has(tmp_path: Path) -> None:
    closed = f'<xs:simpleType><xs:union memberTypes="t:Colour">{listing("NONE", "RED")}</xs:union></xs:simpleType>'
    other = '<xs:simpleType><xs:union memberTypes="t:Colour xs:string"/></xs:simpleType>'
    types = listing("RED", "BLUE", name="Colour") + sequence(of_type("closed", closed) + of_type("open", other))
    assert told(tmp_path, types) == ["closed: RED | BLUE | NONE", "open: anySimpleType"]
