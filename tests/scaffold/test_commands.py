"""`banyan adapter ...` as people type it: what is made, what is refused, and what is said about it."""

import gzip
import json
import re
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from gateway.cli import app

ACME = Path(__file__).parents[2] / "docs" / "examples" / "acme.wsdl"
WSDL = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"'


def banyan(folder: Path, *words: str, said: str = "") -> Result:
    with chdir(folder):
        return CliRunner().invoke(app, ["adapter", *words], input=said, prog_name="banyan", env={"COLUMNS": "200"})


def told(ran: Result, code: int, *words: str) -> None:
    assert ran.exit_code == code, ran.output
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    for word in words:
        assert word in ran.output, ran.output


def test_a_wsdl_becomes_a_package(tmp_path: Path) -> None:
    told(banyan(tmp_path, "new", "acme_one", "--wsdl", str(ACME), "--yes"), 0, "buckets <- GetWallets", "run acme_one")
    project = tmp_path / "acme_one"
    manifest = (project / "acme_one" / "manifest.toml").read_text()
    assert 'ports = ["BalancePort"]' in manifest
    assert '"balance.top_up" = { support = "planned", why = "Recharge looks like it' in manifest
    assert 'acme_one = "acme_one"' in (project / "pyproject.toml").read_text()
    assert (project / "acme_one" / "wsdl" / "acme.wsdl").read_bytes() == ACME.read_bytes()
    mapping = (project / "acme_one" / "mapping.py").read_text()
    assert 'usage_type=todo("Bucket.usage_type <- kind: CASH | BONUS? one of monetary, data' in mapping
    assert 'remaining=money(row["balance"], row["currency"], "balance"),  # guessed' in mapping
    assert "BANYAN_ADAPTERS__ACME_ONE__ENDPOINT=" in (project / "acme_one" / ".env.example").read_text()


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "acme_two").mkdir()
    (tmp_path / "acme_two" / "mine.txt").write_text("mine")
    told(banyan(tmp_path, "new", "acme_two", "--wsdl", str(ACME), "--yes"), 2, "not empty")
    assert [path.name for path in tmp_path.rglob("*")] == ["acme_two", "mine.txt"]


def test_it_asks_three_things(tmp_path: Path) -> None:
    answers = ["BalancePort", "GetWallets", "Nothing", "Recharge", "-", "FindRecharges", "-", "kerberos", "wss"]
    ran = banyan(tmp_path, "new", "acme_three", "--wsdl", str(ACME), said="\n".join(answers) + "\n")
    told(ran, 0, "1/3", "2/3", "3/3", "no operation Nothing", "top_up_by_key <- FindRecharges")
    folder = tmp_path / "acme_three" / "acme_three"
    assert 'auth = "wss"' in (folder / "manifest.toml").read_text()
    assert "done = await self.top_up_by_key(call, top_up)" in (folder / "adapter.py").read_text()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["new", "Acme-4", "--wsdl", str(ACME), "--yes"], "acme_billing"),
        (["new", "acme", "--wsdl", "none.wsdl", "--yes"], "there is no file"),
        (["new", "acme", "--wsdl", ".", "--yes"], "is a folder"),
        (
            ["new", "acme", "--wsdl", "https://acme.example/x?wsdl", "--yes"],
            "https://acme.example/x?wsdl is an address",
        ),
        (["new", "acme", "--wsdl", str(ACME), "--port", "MoonPort", "--yes"], "BalancePort"),
        (["new", "acme", "--wsdl", str(ACME), "--serve", "top_up=Fly", "--yes"], "no operation 'Fly'"),
        (["new", "acme", "--wsdl", str(ACME), "--serve", "fly=Recharge", "--yes"], "no method"),
        (["new", "acme", "--wsdl", str(ACME), "--auth", "magic", "--yes"], "basic"),
        (["inspect", "--wsdl", "plain.txt"], "not well-formed"),
        (["inspect", "--wsdl", "types.xsd"], "an XML schema"),
        (["inspect", "--wsdl", "two.wsdl"], "WSDL 2.0"),
        (["inspect", "--wsdl", "empty.wsdl"], "is empty"),
        (["inspect", "--wsdl", "page.wsdl"], "HTML page"),
        (["show", "GetWallets", "--wsdl", "packed.wsdl"], "unpack"),
        (["diff", str(ACME), "nothing.wsdl"], "binds nothing to SOAP over HTTP; beside it http.wsdl may"),
        (["show", "GetWallets", "--wsdl", "alone.wsdl"], "lost.wsdl"),
        (["record", "parlayx", "--from", "none.har"], "is not there"),
        (["record", "parlayx", "--endpoint", "sandbox"], "https://"),
        (["record", "cdr_files", "--endpoint", "http://127.0.0.1:9"], "no SOAP"),
        (["lineage", "moon"], "jbilling"),
        (["show", "Fly", "--wsdl", str(ACME)], "GetWallets"),
        (["show", "wallets", "--wsdl", str(ACME)], "did you mean GetWallets"),
        (["show", "GetWallets"], "--adapter"),
        (["run", "moon"], "jbilling"),
        (["check", "moon"], "jbilling"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(words: list[str], why: str, tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("no xml")
    (tmp_path / "types.xsd").write_text('<schema xmlns="http://www.w3.org/2001/XMLSchema"/>')
    (tmp_path / "empty.wsdl").write_text("\n")
    (tmp_path / "page.wsdl").write_text("<!-- error -->\n<!DOCTYPE html><html><body>Log in<br></body></html>")
    (tmp_path / "packed.wsdl").write_bytes(gzip.compress(ACME.read_bytes()))
    (tmp_path / "nothing.wsdl").write_text(f"{WSDL}/>")
    (tmp_path / "beside.wsdl").symlink_to("nowhere")
    (tmp_path / "http.wsdl").write_bytes(ACME.read_bytes())
    (tmp_path / "jms.wsdl").write_bytes(ACME.read_bytes().replace(b"xmlsoap.org/soap/http", b"acme.example/jms"))
    (tmp_path / "alone.wsdl").write_text(f'{WSDL}><import namespace="urn:x" location="lost.wsdl"/></definitions>')
    (tmp_path / "two.wsdl").write_text('<description xmlns="http://www.w3.org/ns/wsdl"/>')
    told(banyan(tmp_path, *words), 2, why)
    assert not (tmp_path / "acme").exists()


def test_a_wsdl_is_inspected(tmp_path: Path) -> None:
    found = json.loads(banyan(tmp_path, "inspect", "--wsdl", str(ACME), "--json").stdout)
    assert {each["name"]: each["answers"] for each in found["operations"]} == {
        "GetWallets": "wallet: Wallet[]?",
        "Recharge": "transactionId: string",
        "FindRecharges": "recharge: RechargeRecord[]?",
    }
    assert found["fallbacks"] == {}
    assert found["dropped"] == {}
    assert all(each["compiled"] for each in found["operations"])
    told(banyan(tmp_path, "inspect", "--wsdl", str(ACME)), 0, "3 operations, 3 of them compiled")


def test_what_is_not_beside_the_wsdl_is_named(tmp_path: Path) -> None:
    broken = ACME.read_text().replace(
        "<wsdl:types>", '<wsdl:import namespace="urn:x" location="gone.wsdl"/><wsdl:types>'
    )
    (tmp_path / "broken.wsdl").write_text(broken)
    told(banyan(tmp_path, "inspect", "--wsdl", "broken.wsdl"), 0, "gone.wsdl", "GetWallets")
    told(banyan(tmp_path, "new", "acme_four", "--wsdl", "broken.wsdl", "--yes"), 0, "not there", "gone.wsdl")


def test_an_operation_is_shown(tmp_path: Path) -> None:
    told(banyan(tmp_path, "show", "GetWallets", "--wsdl", str(ACME)), 0, "msisdn>", "'wallet': [", "Decimal(")


def test_a_write_is_shown_as_it_is_asked_and_answered(tmp_path: Path) -> None:
    ran = banyan(tmp_path, "show", "Recharge", "--adapter", str(ACME.parent / "acme_prepaid"))
    told(ran, 0, "mapping.top_up_request", "'amount': Decimal('10.00')", "mapping.top_up_reply", "Receipt(")


def test_what_goes_into_a_header_is_inspected(tmp_path: Path) -> None:
    wsdl = Path(__file__).parent / "wsdl" / "cordoba" / "orders.wsdl"
    told(banyan(tmp_path, "inspect", "--wsdl", str(wsdl)), 0, "SecurityContext")


CHANGES = {
    "removed operation": ('<wsdl:operation name="FindRecharges">.*?</wsdl:operation>', "", "is gone", True),
    "SOAPAction": ("urn:acme:prepaid/Recharge", "urn:acme:2/Recharge", "SOAPAction", True),
    "new required part that is sent": (
        '(<xsd:element name="amount" type="xsd:decimal"/>)',
        r'\1<xsd:element name="channel" type="xsd:string"/>',
        "must be sent",
        True,
    ),
    "new optional part that is sent": (
        '(<xsd:element name="amount" type="xsd:decimal"/>)',
        r'\1<xsd:element name="channel" type="xsd:string" minOccurs="0"/>',
        "is new",
        False,
    ),
    "new part that is read": (
        '(<xsd:element name="currency" type="xsd:string"/>)',
        r'\1<xsd:element name="colour" type="xsd:string"/>',
        "is new",
        False,
    ),
    "other type": ('name="balance" type="xsd:decimal"', 'name="balance" type="xsd:string"', "was decimal", True),
    "renamed part that is read": ('name="walletId"', 'name="walletNumber"', "is gone", True),
    "new word that is read": ('(<xsd:enumeration value="BONUS"/>)', r'\1<xsd:enumeration value="GIFT"/>', "GIFT", True),
    "word that comes no more": ('<xsd:enumeration value="BONUS"/>', "", "BONUS", False),
    "may be absent where it is read": (
        'name="balance" type="xsd:decimal"',
        'name="balance" type="xsd:decimal" minOccurs="0"',
        "left out",
        True,
    ),
    "may be left out where it is sent": (
        '(name="reference" type="xsd:string")(/>\\s*<xsd:element name="amount")',
        r'\1 minOccurs="0"\2',
        "left out",
        False,
    ),
    "comes once": (' maxOccurs="unbounded"', "", "comes once", False),
    "another namespace": ('elementFormDefault="qualified"', "", "namespace", True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_new_version_is_compared(change: str, tmp_path: Path) -> None:
    pattern, by, word, breaking = CHANGES[change]
    made, count = re.subn(pattern, by, ACME.read_text(), flags=re.DOTALL)
    assert count
    (tmp_path / "new.wsdl").write_text(made)
    ran = banyan(tmp_path, "diff", str(ACME), "new.wsdl", "--json")
    found = json.loads(ran.stdout)
    assert any(word in each["what"] and each["breaking"] == breaking for each in found), found
    assert ran.exit_code == (1 if breaking else 0)


def test_the_same_version_has_no_difference(tmp_path: Path) -> None:
    told(banyan(tmp_path, "diff", str(ACME), str(ACME)), 0, "nothing changed")


def test_a_difference_counts_only_where_it_is_used(tmp_path: Path) -> None:
    told(banyan(tmp_path, "new", "acme_five", "--wsdl", str(ACME), "--yes"), 0)
    (tmp_path / "new.wsdl").write_text(ACME.read_text().replace('name="amount"', 'name="sum"'))
    told(banyan(tmp_path, "diff", str(ACME), "new.wsdl"), 1, "breaking")
    told(banyan(tmp_path, "diff", str(ACME), "new.wsdl", "--adapter", "acme_five"), 0, "nothing changed")
    (tmp_path / "acme_five" / "acme_five" / "charging.py").write_text("CALLED = 'Recharge'")
    told(banyan(tmp_path, "diff", str(ACME), "new.wsdl", "--adapter", "acme_five"), 1, "breaking")
