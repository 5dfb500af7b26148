"""Laws of lineage.toml: which legacy field feeds which attribute of ours, readable by a program."""

import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import ClassVar

from lxml import etree

import contracts.model


class LineageContract:
    """Authors name the adapter's folder; every noun that its lineage.toml lists is held against the model."""

    folder: ClassVar[Path]
    metadata: ClassVar[frozenset[str]] = frozenset()
    """Names that live in the data, not in the schema: custom fields, characteristics."""

    @property
    def lineage(self) -> dict[str, dict[str, list[str]]]:
        return tomllib.loads((self.folder / "lineage.toml").read_text(encoding="utf-8"))

    def test_every_attribute_tells_where_it_comes_from(self) -> None:
        assert self.lineage
        for noun, attributes in self.lineage.items():
            model = getattr(contracts.model, noun)
            assert is_dataclass(model)
            assert set(attributes) == {field.name for field in fields(model)}, noun

    def test_every_legacy_field_is_in_the_contract(self) -> None:
        named = {
            element.get("name")
            for path in [*self.folder.rglob("*.wsdl"), *self.folder.rglob("*.xsd")]
            for element in etree.parse(path).iter("{*}element", "{*}attribute")
        }
        fed = {step for paths in self._paths() for path in paths for step in path.split(".")}
        unknown = sorted(fed - named - self.metadata)
        assert not unknown, f"no element or attribute of the contract is called {unknown}; custom fields are metadata"

    def _paths(self) -> list[list[str]]:
        return [paths for attributes in self.lineage.values() for paths in attributes.values()]
