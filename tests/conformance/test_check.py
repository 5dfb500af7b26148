"""`banyan contract check`: what is served keeps the official documents' promises, and every broken one is found."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.edge import CONTRACTS

TICKET = "TMF621-TroubleTicket-v4.0.0.json"
CATALOG = "TMF620-ProductCatalog-v5.0.0.yaml"
Document = dict[str, Any]


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """Contract documents that a test may break."""
    for api in ("TMF620", "TMF621"):
        shutil.copytree(CONTRACTS / api, tmp_path / api)
    shutil.copy(CONTRACTS / "moves.json", tmp_path / "moves.json")
    return tmp_path


def checked(*options: str | Path) -> tuple[int, Document]:
    found = CliRunner().invoke(app, ["contract", "check", "--json", *map(str, options)])
    return found.exit_code, json.loads(found.stdout) if found.stdout.startswith("{") else {"said": found.stderr}


def differences(told: Document) -> list[tuple[str, str]]:
    return [(row["kind"], row["where"]) for row in told["findings"] if row["verdict"] == "difference"]


@pytest.mark.slow
def test_every_api_keeps_its_official_documents_promises(official: Path) -> None:
    code, told = checked("--against", official)
    assert differences(told) == []
    assert [row["api"] for row in told["apis"] if row["difference"] is None] == []
    assert all(row["why"] for row in told["findings"] if row["verdict"] == "stated")
    assert code == 0


BROKEN: dict[str, tuple[Callable[[Document], Any], tuple[str, str]]] = {
    "an attribute is gone": (
        lambda document: schema(document, "TroubleTicket")["properties"].pop("severity"),
        ("attribute", "TroubleTicket.severity"),
    ),
    "an attribute deep inside is gone": (
        lambda document: schema(document, "RelatedEntity")["properties"].pop("role"),
        ("attribute", "RelatedEntity.role"),
    ),
    "a type is another": (
        lambda document: schema(document, "TroubleTicket")["properties"].update(severity={"type": "integer"}),
        ("type", "TroubleTicket.severity"),
    ),
    "a format is gone": (
        lambda document: schema(document, "TroubleTicket")["properties"]["creationDate"].pop("format"),
        ("type", "TroubleTicket.creationDate"),
    ),
    "one is where many were": (
        lambda document: schema(document, "TroubleTicket")["properties"].update(
            note=schema(document, "TroubleTicket")["properties"]["note"]["items"]
        ),
        ("type", "TroubleTicket.note"),
    ),
    "less is mandatory": (
        lambda document: schema(document, "TroubleTicket_Create")["required"].remove("severity"),
        ("required", "TroubleTicket_Create.severity"),
    ),
    "more is mandatory": (
        lambda document: schema(document, "TroubleTicket_Create")["required"].append("name"),
        ("required", "TroubleTicket_Create.name"),
    ),
    "a value is not allowed any more": (
        lambda document: schema(document, "TroubleTicketStatusType")["enum"].remove("pending"),
        ("enumeration", "TroubleTicketStatusType"),
    ),
    "a value is allowed that was not": (
        lambda document: schema(document, "TroubleTicketStatusType")["enum"].append("lost"),
        ("enumeration", "TroubleTicketStatusType"),
    ),
    "a path is gone": (
        lambda document: document["paths"].pop("/troubleTicket/{id}"),
        ("path", "PATCH /troubleTicket/{id}"),
    ),
    "a method is gone": (
        lambda document: document["paths"]["/troubleTicket/{id}"].pop("delete"),
        ("path", "DELETE /troubleTicket/{id}"),
    ),
    "an event is gone": (
        lambda document: document["paths"].pop("/listener/troubleTicketDeleteEvent"),
        ("path", "POST /listener/troubleTicketDeleteEvent"),
    ),
    "another schema is asked for": (
        lambda document: document["paths"]["/troubleTicket"]["post"].update(
            requestBody={"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TroubleTicket"}}}}
        ),
        ("body", "POST /troubleTicket"),
    ),
    "another status answers": (
        lambda document: document["paths"]["/troubleTicket"]["post"]["responses"].pop("201"),
        ("answer", "POST /troubleTicket: 201"),
    ),
    "it is another release": (
        lambda document: document["info"].update(version="4.9.0"),
        ("release", "TMF621 v4"),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_promise_is_found(official: Path, served: Path, how: str) -> None:
    file = served / "TMF621" / "v4.json"
    document = json.loads(file.read_text())
    breaks, expected = BROKEN[how]
    breaks(document)
    file.write_text(json.dumps(document))
    code, told = checked("--against", official / TICKET, "--contracts", served)
    assert code == 1
    assert expected in differences(told)


def test_a_kept_promise_passes(official: Path, served: Path) -> None:
    code, told = checked("--against", official / TICKET, "--contracts", served)
    assert (code, differences(told)) == (0, [])


def test_a_choice_that_lost_an_alternative_is_found(official: Path, served: Path) -> None:
    file = served / "TMF620" / "v5.json"
    document = json.loads(file.read_text())
    schema(document, "ProductOfferingPriceRefOrValue")["allOf"].pop()
    file.write_text(json.dumps(document))
    code, told = checked("--against", official / CATALOG, "--contracts", served)
    assert code == 1
    assert ("type", "ProductOfferingPriceRefOrValue") in differences(told)


def test_what_practice_loosens_needs_a_reason(official: Path, served: Path) -> None:
    against = ("--against", official / CATALOG, "--contracts", served)
    code, told = checked(*against)
    assert (code, differences(told)) == (0, [])
    stated = {row["where"]: row["why"] for row in told["findings"] if row["verdict"] == "stated"}
    assert stated["ProductOffering_FVO.lastUpdate"] == "the gateway dates what it stores and has a default status"

    file = served / "TMF620" / "v5.json"
    document = json.loads(file.read_text())
    for part in schema(document, "Category_FVO")["allOf"]:
        part.pop("required", None)
    file.write_text(json.dumps(document))
    code, told = checked(*against)
    assert code == 1
    assert ("required", "Category_FVO.name") in differences(told)


def test_an_addition_is_no_difference(official: Path, served: Path) -> None:
    _, told = checked("--against", official / TICKET, "--contracts", served)
    added = {row["where"] for row in told["findings"] if row["verdict"] == "addition"}
    assert {"GET /hub/{id}", "GET /troubleTicket: sort in query", "GET /troubleTicket: 206"} <= added


def test_a_missing_document_is_told(official: Path, served: Path, tmp_path: Path) -> None:
    few = tmp_path / "official"
    few.mkdir()
    shutil.copy(official / TICKET, few)
    code, told = checked("--against", few, "--contracts", served)
    assert code == 1
    missing = [(row["api"], row["version"]) for row in told["apis"] if row["difference"] is None]
    assert missing == [("TMF620", "v4"), ("TMF620", "v5"), ("TMF621", "v5")]
    (few / TICKET).rename(few / "TMF999-Other-v4.0.0.json")
    code, told = checked("--against", few, "--contracts", served)
    assert code == 2
    assert "holds no official document of an API that is served" in " ".join(told["said"].split())


def test_what_is_no_document_is_told(served: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.json"
    note.write_text("{}")
    code, told = checked("--against", note, "--contracts", served)
    assert code == 2
    assert "note.json" in told["said"]


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found
