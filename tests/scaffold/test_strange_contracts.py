"""Contracts as unlike each other as vendors make them: what they are taken for, and that it goes over the wire."""

from pathlib import Path

import pytest

from banyan.scaffold.survey import fallbacks, survey
from banyan.scaffold.vendor import gather
from banyan.soap import SoapContract
from banyan.soap.sampled import sampled_reply

WSDLS = Path(__file__).parent / "wsdl"
KONTOR = WSDLS / "kontor" / "Kontor.wsdl"
BROKEN = WSDLS / "broken" / "legacy.wsdl"


def test_an_encoded_message_without_parts_is_compiled_as_well() -> None:
    """Axis declares `<wsdl:message name="logoutResponse"/>`; it raised AttributeError."""
    assert fallbacks(survey(gather(KONTOR))) == {}
    contract = SoapContract.load(KONTOR)
    answered = contract.write_reply("logout", {}, None)
    assert contract.read("logout", answered).body == {}


def test_texts_and_arrays_of_the_soap_encoding_are_plain_values() -> None:
    [first, *_] = sampled_reply(SoapContract.load(KONTOR), "getContracts").body["getContractsReturn"]
    assert isinstance(first["contractId"], str)
    assert all(isinstance(each, str) for each in first["options"])


def test_they_are_told_as_what_they_are_when_read() -> None:
    operation = survey(gather(KONTOR)).operations["getContracts"]
    assert [part.told for part in operation.asks.parts] == ["sessionId: string", "kundennummer: string"]
    [answer] = operation.answers.parts
    assert (answer.told, answer.complex) == ("getContractsReturn: ContractBean[]", True)
    assert [part.told for part in answer.parts][::7] == ["contractId: string", "options: string[]"]


def test_what_is_imported_in_another_letter_case_is_taken_along(tmp_path: Path) -> None:
    found = gather(BROKEN)
    assert found.missing == ("legacy.wsdl: http://vendor.invalid/schemas/extra.xsd",)
    assert [file.relative_to(tmp_path).as_posix() for file in found.copy(tmp_path)] == [
        "legacy.wsdl",
        "Types/common.xsd",
    ]
    assert list(survey(gather(tmp_path / "legacy.wsdl")).operations) == ["GetBalance"]


@pytest.mark.parametrize("operation", ["Refill", "Extra", "Gone"])
def test_what_is_broken_is_named(operation: str) -> None:
    assert operation in survey(gather(BROKEN)).dropped
