"""What others captured, recorded as if the system had been asked: afterwards it is replayed like anything else."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
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
        ("a.xml", "<html/>", "its root is html and no SOAP envelope"),
        ("a.xml", "<a", "it is not well-formed XML"),
        ("a.xml", "HTTP/1.1 200 OK\r\n\r\n<a/>", "begins with an HTTP head: keep what stands below it"),
        ("a.xml", "--mime\r\n\r\n<a/>", "a message of several parts"),
        ("a.xml", '<p:project xmlns:p="urn:p"/>', "its root is project and no SOAP envelope"),
        ("a.har", "{}", "is no HAR file"),
        ("a.har", '{"log": {"entries": [1]}}', "is no HAR file"),
        ("a.json", "{}", "is no HAR file"),
        ("a.saz", "PK", "a.saz is neither: export it as HAR, or save requests and replies as NAME.request.xml"),
        (None, "", "is not there"),
    ],
)
def test_what_holds_no_exchange_is_refused(tmp_path: Path, name: str | None, text: str, why: str) -> None:
    if name is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match=why):
        captured([tmp_path / (name or "gone.xml")])


def test_a_request_that_cannot_be_read_is_named_before_anything_runs(tmp_path: Path) -> None:
    pair(tmp_path, "a", "<a", telling(KNOWN, "1"))
    with pytest.raises(Unusable, match=r"a\.request\.xml: it is not well-formed XML"):
        captured([tmp_path])


def test_a_folder_without_captures_says_what_they_would_be(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    with pytest.raises(Unusable, match=r"no \.har file and no \.xml file with a reply"):
        captured([tmp_path])


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


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("c_Request.xml", "c_Response.xml"),
        ("cRequest.xml", "cResponse.xml"),
        ("c-req.xml", "c-resp.xml"),
        ("Request.xml", "Response.xml"),
        ("c.request.XML", "c.xml"),
    ],
)
def test_two_files_belong_together_however_their_names_say_it(tmp_path: Path, asked: str, told: str) -> None:
    (tmp_path / asked).write_text(asking(KNOWN, "cafe-0001"), encoding="utf-8")
    (tmp_path / told).write_text(telling(KNOWN, "cafe-0001"), encoding="utf-8")
    (tmp_path / "other.request.xml").write_text(asking(OTHER, "cafe-0001"), encoding="utf-8")
    (found,) = captured([tmp_path])
    assert (found.source, said(str(found.request))) == (told, said(asking(KNOWN, "cafe-0001")))


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16"])
def test_captures_of_another_encoding_say_the_same(tmp_path: Path, encoding: str) -> None:
    """In a HAR file the text is what the declaration would have made of the bytes."""
    ask, tell = asking("Jürgen", "1"), telling(KNOWN, "1").replace("Ada", "Jürgen")
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    (tmp_path / "a.request.xml").write_bytes((declared + ask).encode(encoding))
    (tmp_path / "a.response.xml").write_bytes((declared + tell).encode(encoding))
    file = har(tmp_path / "b.har", (declared + ask, declared + tell, 200))
    whole = json.loads(file.read_text(encoding="utf-8"))
    whole["log"]["entries"][0]["response"]["content"] |= {"encoding": None, "text": declared + tell}
    file.write_text(json.dumps(whole), encoding="utf-8")
    for found in captured([tmp_path]):
        assert etree.fromstring(found.reply).findtext(".//{*}owner") == "Jürgen"
        assert said(str(found.request)) == said(ask)


def test_a_har_file_may_lack_what_is_of_no_use(tmp_path: Path) -> None:
    """Pages and pictures, requests that were never answered, and what a browser does not keep."""
    ask, tell = asking(KNOWN, "1"), telling(KNOWN, "1")
    packed = base64.b64encode(gzip.compress(tell.encode("latin-1"))).decode()
    use: dict[str, Any] = {
        "request": {"postData": {"text": base64.b64encode(ask.encode()).decode(), "encoding": "base64"}},
        "response": {"status": 200, "content": {"mimeType": "text/xml", "encoding": "base64", "text": packed}},
    }
    entries = [
        {"request": {"method": "GET", "postData": None}, "response": {"status": 0, "content": None}},
        {"request": {"postData": {"text": "a=Envelope"}}, "response": {"status": 200, "content": {"text": "Envelope"}}},
        {"request": {"postData": {"text": ask}}, "response": {"status": 200, "content": {"size": 9}}},
        {},
        use,
    ]
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    (found,) = captured([file])
    assert (found.source, found.reply.decode(), found.request) == ("a.json, entry 5", tell, ask)
    use["response"]["content"] |= {"text": ""}
    file.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    with pytest.raises(Unusable, match=r"no exchange of SOAP with its reply: save it with the contents"):
        captured([file])


def test_an_endpoint_and_captures_exclude_each_other(run: Run, project: Path) -> None:
    assert run("--southbound=record", "--endpoint=http://x.invalid/", f"--captures={project}").exit == 4
    assert run("--southbound=record", f"--captures={project / 'gone'}").exit != 0


@pytest.mark.parametrize("given", [[], ["--endpoint", "http://x.invalid/", "--from", "a.har"]])
def test_the_command_wants_one_source(given: list[str]) -> None:
    done = CliRunner().invoke(app, ["adapter", "record", "acme", *given])
    assert done.exit_code == 2
    assert "say either --endpoint URL or --from FILE" in done.output
