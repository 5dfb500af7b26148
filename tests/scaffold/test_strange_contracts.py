"""Contracts as unlike each other as vendors make them: what they are taken for, and that it goes over the wire."""

import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banyan.scaffold.survey import fallbacks, survey
from banyan.scaffold.vendor import gather
from banyan.soap import SoapContract
from banyan.soap.sampled import sampled_reply
from gateway.cli import app

WSDLS = Path(__file__).parent / "wsdl"
KONTOR = WSDLS / "kontor" / "Kontor.wsdl"
FENWICK = WSDLS / "fenwick" / "crm.wsdl"
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


def made(tmp_path: Path, name: str, wsdl: Path, *words: str) -> dict[str, str]:
    """The files of a new adapter, which imports."""
    with chdir(tmp_path):
        ran = CliRunner().invoke(app, ["adapter", "new", name, "--wsdl", str(wsdl), "--yes", *words])
    assert ran.exit_code == 0, ran.output
    project = tmp_path / name
    for command in ("-m ruff check --no-cache .", f"-c import\\ {name}.adapter,{name}.simulator"):
        arguments = [word.replace("\\", " ") for word in command.replace("\\ ", "\\").split()]
        tried = subprocess.run([sys.executable, *arguments], cwd=project, capture_output=True, text=True, check=False)
        assert tried.returncode == 0, tried.stdout + tried.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in project.rglob("*.py")}


def test_a_session_is_opened_and_its_token_left_to_it(tmp_path: Path) -> None:
    files = made(tmp_path, "kontor_one", KONTOR, "--port", "InventoryPort", "--auth", "session")
    assert 'await soap.call(call, "login", mapping.login(config))' in files["adapter.py"]
    assert '"user": needed(config.username, "username")' in files["mapping.py"]
    assert 'return {"sessionId": body["loginReturn"]}  # guessed' in files["mapping.py"]
    assert 'return {"kundennummer": customer_id}' in files["mapping.py"]
    assert 'username="tester"' in files["test_contract.py"]


def test_credentials_in_a_header_come_from_the_configuration(tmp_path: Path) -> None:
    serves = ["--serve", "customer=RdPty", "--serve", "find_customers=SrchPty"]
    files = made(tmp_path, "fenwick_one", FENWICK, "--port", "CustomerPort", *serves)
    assert "def header(config: Config) -> Record:" in files["mapping.py"]
    assert '"pwd": needed(config.password, "password").get_secret_value()' in files["mapping.py"]
    assert "mapping.header(self._config)" in files["adapter.py"]
    assert 'username="tester"' in files["test_contract.py"]
