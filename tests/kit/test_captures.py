"""What others captured, recorded as if the system had been asked: afterwards it is replayed like anything else."""

import base64
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banyan.kit.captures import Unusable, captured, said
from gateway.cli import app
from tests.kit.acme.adapter import KNOWN, OTHER, UNKNOWN
from tests.kit.conftest import Run

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(inside: str, prefix: str = "s") -> str:
    return f'<{prefix}:Envelope xmlns:{prefix}="{SOAP}"><{prefix}:Body>{inside}</{prefix}:Body></{prefix}:Envelope>'


def asking(msisdn: str, message: str) -> str:
    """As another client wrote it: with other prefixes, another password, another order."""
    inside = f"<q:msisdn> {msisdn} </q:msisdn><q:password>other</q:password><q:messageId>{message}</q:messageId>"
    return envelope(f'<q:getBalance xmlns:q="urn:acme">{inside}</q:getBalance>', "SOAP-ENV")


def telling(msisdn: str, message: str) -> str:
    inside = f"<messageId>{message}</messageId><msisdn>{msisdn}</msisdn><owner>Ada</owner><state>ACTIVE</state>"
    more = "<amount>7.25</amount><until>2030-01-01T00:00:00Z</until>"
    return envelope(f'<getBalanceResponse xmlns="urn:acme">{inside}{more}</getBalanceResponse>')


FAULT = envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring>unknown</faultstring></s:Fault>")


def pair(folder: Path, name: str, request: str, reply: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.request.xml").write_text(request, encoding="utf-8")
    (folder / f"{name}.response.xml").write_text(reply, encoding="utf-8")


def har(file: Path, *exchanges: tuple[str, str, int]) -> Path:
    entries = [
        {
            "request": {"method": "POST", "url": "http://live.invalid/", "postData": {"text": asked}},
            "response": {
                "status": status,
                "content": {
                    "mimeType": "text/xml",
                    "encoding": "base64",
                    "text": base64.b64encode(told.encode()).decode(),
                },
            },
        }
        for asked, told, status in exchanges
    ]
    file.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    return file


def test_a_captured_system_is_replayed(run: Run, project: Path) -> None:
    """The adapter compares number and message id with what it sent; the fault is that of the unknown one."""
    folder = project / "captured"
    pair(folder, "one", asking(KNOWN, "cafe-0001"), telling(KNOWN, "cafe-0001"))
    pair(folder, "none", asking(UNKNOWN, "cafe-0002"), FAULT)
    more = har(project / "more.har", (asking(OTHER, "cafe-0003"), telling(OTHER, "cafe-0003"), 200))
    done = run("--southbound=record", f"--captures={folder}", f"--captures={more}")
    assert done.exit == 0, done.text
    cassettes = project / "tests" / "cassettes"
    assert len(list(cassettes.iterdir())) == 3
    assert not any(KNOWN in file.read_text(encoding="utf-8") for file in cassettes.iterdir())
    replay = run("--southbound=replay")
    assert replay.exit == 0, replay.text
    assert "test_twenty_calls_at_once_are_not_mixed" in replay.reports["passed"]


def test_a_law_that_asks_what_nobody_captured_is_left_out_until_somebody_has(run: Run, project: Path) -> None:
    folder = project / "captured"
    pair(folder, "one", asking(KNOWN, "cafe-0001"), telling(KNOWN, "cafe-0001"))
    for mode in ("record", "replay"):
        done = run(f"--southbound={mode}", *([f"--captures={folder}"] if mode == "record" else []))
        assert done.exit == 0, done.text
        assert "test_a_known_subscriber_has_buckets" in done.reports["passed"]
        assert "test_twenty_calls_at_once_are_not_mixed" in done.reports["skipped"]
        assert "nothing that was captured answers getBalance; nearest is one.response.xml" in done.text
        assert OTHER not in (project / "tests" / "cassettes" / "left-out.txt").read_text(encoding="utf-8")
    pair(folder, "two", asking(OTHER, "cafe-0003"), telling(OTHER, "cafe-0003"))
    pair(folder, "none", asking(UNKNOWN, "cafe-0002"), FAULT)
    assert run("--southbound=record", f"--captures={folder}").exit == 0
    assert not (project / "tests" / "cassettes" / "left-out.txt").exists()


def test_a_reply_that_was_kept_alone_answers_its_operation_but_not_for_the_unknown(run: Run, project: Path) -> None:
    manifest, wsdl = project / "manifest.toml", Path(__file__).parent / "acme" / "acme.wsdl"
    manifest.write_text('wsdl = "acme.wsdl"\n' + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    (project / "wsdl").mkdir()
    (project / "wsdl" / "acme.wsdl").write_bytes(wsdl.read_bytes())
    reply = project / "reply.xml"
    reply.write_text(telling(KNOWN, "cafe-0001"), encoding="utf-8")
    done = run("--southbound=record", f"--captures={reply}", "-k", "known_subscriber or nobody")
    assert "the reply is about somebody else" in done.text, "it was told, and its message id is not ours"
    assert "test_buckets_of_nobody_are_not_found" in done.reports["skipped"], done.text
    assert "nothing that was captured answers getBalance" in done.text


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.xml", FAULT, "is a fault, which says not what it answers"),
        ("a.xml", "<html/>", "it is no SOAP envelope"),
        ("a.xml", "<a", "it is not well-formed XML"),
        ("a.har", "{}", "is no HAR file"),
        ("a.txt", "", "there is no .har file and no .xml file"),
        (None, "", "is not there"),
    ],
)
def test_what_holds_no_exchange_is_refused(tmp_path: Path, name: str | None, text: str, why: str) -> None:
    if name is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match=why):
        captured([tmp_path / (name or "gone.xml")])


def test_two_files_of_one_exchange_are_found_by_their_names(tmp_path: Path) -> None:
    ask, tell = asking(KNOWN, "cafe-0001"), telling(KNOWN, "cafe-0001")
    pair(tmp_path, "a", ask, tell)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "request.xml").write_text(f"\ufeff<!-- by hand -->{ask}", encoding="utf-8")
    (tmp_path / "b" / "response.xml").write_text(tell, encoding="utf-8")
    (tmp_path / "c-request.xml").write_text(ask, encoding="utf-8")
    (tmp_path / "c.xml").write_text(tell, encoding="utf-8")
    found = captured([tmp_path])
    assert [each.source for each in found] == ["a.response.xml", "response.xml", "c.xml"]
    assert [said(str(each.request)) for each in found] == [said(ask)] * 3
    assert {(each.status, each.tag) for each in found} == {(200, "getBalanceResponse")}


def test_an_endpoint_and_captures_exclude_each_other(run: Run, project: Path) -> None:
    assert run("--southbound=record", "--endpoint=http://x.invalid/", f"--captures={project}").exit == 4
    assert run("--southbound=record", f"--captures={project / 'gone'}").exit != 0


@pytest.mark.parametrize("given", [[], ["--endpoint", "http://x.invalid/", "--from", "a.har"]])
def test_the_command_wants_one_source(given: list[str]) -> None:
    done = CliRunner().invoke(app, ["adapter", "record", "acme", *given])
    assert done.exit_code == 2
    assert "say either --endpoint URL or --from FILE" in done.output
