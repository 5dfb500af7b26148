"""All contract documents of a folder, with what practice adds to each."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.contract.facts import Contract, Resource

_PREFIX = "/tmf-api/"


class Contracts:
    """All imported contracts; the newest version of each API is the one its resources are stored in."""

    def __init__(self, contracts: Iterator[Contract] | list[Contract]) -> None:
        self._by_version = {(contract.api, contract.version): contract for contract in contracts}
        self._stored: dict[str, Contract] = {}
        self.kinds: dict[str, Resource] = {}
        for contract in sorted(self, key=lambda contract: int(contract.version[1:])):
            self._stored[contract.api] = contract
            self.kinds |= {resource.kind: resource for resource in contract.resources.values()}

    @classmethod
    def load(cls, contracts_dir: Path) -> "Contracts":
        """Read `<contracts_dir>/<TMFnnn>/v<major>.json`, each with its API's overrides and moves."""
        return cls([contract for folder in sorted(contracts_dir.glob("TMF*")) for contract in _load(folder)])

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._by_version.values())

    def contract(self, api: str, version: str) -> Contract:
        return self._by_version[api, version]

    def stored(self, api: str) -> Contract:
        """The contract in whose shape this API's documents are kept."""
        return self._stored[api]

    def resource(self, kind: str) -> Resource:
        """`TMF620/productOffering` as its stored form declares it; KeyError when no contract does."""
        return self.kinds[kind]


def _load(folder: Path) -> Iterator[Contract]:
    documents = {file.stem: _read(file) for file in sorted(folder.glob("v*.json"), key=_major)}
    practice = _read(folder / "overrides.json")
    moves = _merged(_read(folder.with_name("moves.json")), _read(folder / "moves.json"))
    shared = _read(folder.with_name("overrides.json"))
    practice["optional"] = [*shared.get("optional", ()), *practice.get("optional", ())]
    added = _read(folder.with_name("additions.json"))
    for version, document in documents.items():
        schemas = {**document["components"]["schemas"], **added.get("schemas", {})}
        for lax in practice.get("optional", ()):
            if lax["version"] == version:
                schemas[lax["schema"]] = _loosened(schemas[lax["schema"]], lax["attributes"], schemas)
        for right in practice.get("corrected", ()):
            if right["version"] == version:
                schemas[right["schema"]]["properties"][right["attribute"]] = right["facts"]
        yield Contract(
            api=folder.name,
            version=version,
            release=document["info"]["version"],
            bases=tuple(_bases(version, documents, practice)),
            paths=_with(document["paths"], added.get("paths", {})),
            schemas=schemas,
            practice=practice,
            moves=moves if version != next(reversed(documents)) else {"typed": moves["typed"]},
        )


def _with(paths: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """The document's own paths, and what every hub can do here besides."""
    return {**paths, **{path: {**paths.get(path, {}), **item} for path, item in added.items()}}


def _merged(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The moves of one API: its own before the ones that are the same everywhere."""
    return {section: {**shared.get(section, {}), **own.get(section, {})} for section in ("resources", "typed", "types")}


def _bases(version: str, documents: Mapping[str, Any], practice: Mapping[str, Any]) -> list[str]:
    """The canonical path, under the name that the oldest version gave the API; then what others call it."""
    own = documents[version]["servers"][0]["url"]
    first = next(iter(documents.values()))["servers"][0]["url"]
    name = practice.get("name") or [word for word in first.split("/") if not re.fullmatch(r"v\d+", word)][-1]
    called = [f"{_PREFIX}{name}/{version}", own, _PREFIX + own.removeprefix(_PREFIX).lstrip("/")]
    return list(dict.fromkeys([*called, *(f"{alias}/{version}" for alias in practice.get("aliases", ()))]))


def _major(file: Path) -> int:
    return int(file.stem.removeprefix("v"))


def _loosened(
    schema: Mapping[str, Any], attributes: Collection[str], schemas: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """These attributes are no longer mandatory, whichever part of the schema says so, also one that others share."""
    if (name := named(schema)) is not None:
        loose = _loosened(schemas[name], attributes, schemas)
        return schema if loose == schemas[name] else loose
    loose = dict(schema)
    if "required" in schema:
        loose["required"] = [name for name in schema["required"] if name not in attributes]
    if "allOf" in schema:
        loose["allOf"] = [_loosened(part, attributes, schemas) for part in schema["allOf"]]
    return loose


def _read(file: Path) -> dict[str, Any]:
    """What the file says; one that is not there says nothing."""
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return loaded
