"""From a folder and a configuration to calls: who we are, what goes into the header, how times and bytes are read."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from banyan import Garbled, Happened, Rejected, Unavailable
from banyan.config import SoapConfig
from banyan.soap import SoapFault, connect, port_error
from banyan.soap.security import UsernameToken, with_block
from tests.clock import FakeClock
from tests.soap.calling import between, client, envelope, fault, folder, system, told
from tests.wire.serving import SOAP, call, http

ANNA = {"username": "anna", "password": "s3c<ret>"}


async def test_basic_only_where_a_user_is_configured(tmp_path: Path) -> None:
    async with system(lambda _: told()) as (url, heard):
        async with client(tmp_path / "with", url, 'auth = "basic"', config=ANNA) as soap:
            assert (await soap.call(call(), "Ask", {"what": "x"})).body["that"] == "yes"
        async with client(tmp_path / "without", url, 'auth = "basic"') as soap:
            await soap.call(call(), "Ask", {"what": "x"})
    expected = b"authorization: basic " + base64.b64encode(b"anna:s3c<ret>").lower()
    assert [expected in asked.lower() for asked in heard] == [True, False]
    assert b"authorization" not in heard[1].lower()


async def test_a_username_token_stands_beside_the_contracts_own_header(tmp_path: Path) -> None:
    clock = FakeClock()
    async with system(lambda _: told()) as (url, heard), client(tmp_path, url, 'auth = "wss"', clock, ANNA) as soap:
        for _ in range(2):
            await soap.call(call(), "Ask", {"what": "x"}, {"session": {"id": "S1"}})
        await soap.call(call(), "Ask", {"what": "x"})
    nonces = [base64.b64decode(between(asked, "Nonce")) for asked in heard]
    assert len(set(nonces)) == 3
    created = "2026-03-02T09:00:00.000Z"
    for asked, nonce in zip(heard, nonces, strict=True):
        digest = hashlib.sha1(nonce + created.encode() + b"s3c<ret>").digest()
        assert between(asked, "Created") == created
        assert between(asked, "Password") == base64.b64encode(digest).decode()
        assert asked.count(b":Header>") == 2
        assert b"s3c" not in asked
    assert [b"S1" in asked for asked in heard] == [True, True, False]


async def test_a_password_in_clear_where_the_system_wants_it_so(tmp_path: Path) -> None:
    backend = 'auth = "wss"\nwss_password = "text"'
    async with system(lambda _: told()) as (url, heard), client(tmp_path, url, backend, config=ANNA) as soap:
        await soap.call(call(), "Ask", {"what": "x"})
    assert between(heard[0], "Password") == "s3c&lt;ret&gt;"
    assert b"#PasswordText" in heard[0]


def test_the_token_as_the_profile_computes_it() -> None:
    token = UsernameToken("anna", "secret", "digest", FakeClock(), nonce=lambda size: b"n" * size)
    expected = hashlib.sha1(b"n" * 16 + b"2026-03-02T09:00:00.000Zsecret").digest()
    assert between(token.block().encode(), "Password") == base64.b64encode(expected).decode()
    assert "secret" not in repr(token)


@pytest.mark.parametrize("header", ["", "<soap:Header/>", "<soap:Header><x/></soap:Header>"])
def test_a_block_goes_into_the_header_whatever_was_there(header: str) -> None:
    made = with_block(f"<soap:Envelope>{header}<soap:Body>a</soap:Body></soap:Envelope>".encode(), "<b/>")
    inner = "<b/><x/>" if "<x/>" in header else "<b/>"
    assert made == f"<soap:Envelope><soap:Header>{inner}</soap:Header><soap:Body>a</soap:Body></soap:Envelope>".encode()


async def test_header_parts_are_made_for_each_call(tmp_path: Path) -> None:
    def parts(asking: Any, operation: str) -> dict[str, Any]:
        return {"route": {"to": f"{asking.operator}/{operation}"}, "session": {"id": "always"}, "unknown": {"a": 1}}

    async with system(lambda _: told()) as (url, heard), client(tmp_path, url, header=parts) as soap:
        await soap.call(call(), "Ask", {"what": "x"})
        await soap.call(call(), "Ask", {"what": "x"}, {"session": {"id": "this one"}})
    assert [between(asked, "to") for asked in heard] == ["default/Ask"] * 2
    assert [between(asked, "id") for asked in heard] == ["always", "this one"]


@pytest.mark.parametrize("reply", [http(202, b""), http(200, b""), b"HTTP/1.1 204 No\r\n\r\n"])
async def test_an_operation_without_an_answer_is_accepted(tmp_path: Path, reply: bytes) -> None:
    async with system(lambda _: reply) as (url, _), client(tmp_path, url) as soap:
        assert (await soap.call(call(), "Notify", {"what": "x"})).body is None


async def test_a_fault_of_an_operation_without_an_answer_is_one(tmp_path: Path) -> None:
    async with system(lambda _: fault("Client")) as (url, _), client(tmp_path, url) as soap:
        with pytest.raises(Rejected):
            await soap.call(call(), "Notify", {"what": "x"})


async def test_one_system_at_two_addresses_shares_one_pool(tmp_path: Path) -> None:
    async with system(lambda _: told()) as (url, heard), client(tmp_path, url) as soap:
        for path in ("a", "b"):
            await soap.at(f"{url}{path}").call(call(), "Ask", {"what": "x"})
    assert [asked.split(b" ")[1] for asked in heard] == [b"/a", b"/b"]


@pytest.mark.parametrize("code", ["w:FailedAuthentication", "wsse:InvalidSecurityToken", "MessageExpired"])
@pytest.mark.parametrize("status", [200, 500])
async def test_a_fault_of_ws_security_was_refused_before_work(tmp_path: Path, code: str, status: int) -> None:
    async with system(lambda _: fault(code, status)) as (url, _), client(tmp_path, url) as soap:
        with pytest.raises(Rejected) as caught:
            await soap.call(call(), "Ask", {"what": "x"})
    assert caught.value.happened is Happened.NO
    assert type(port_error(SoapFault("FailedAuthentication", "no"))) is Rejected


@pytest.mark.parametrize(
    ("backend", "config", "login"),
    [
        ('auth = "session"', {}, None),
        ("", {}, object()),
        ("cookies = true", {}, None),
        ('auth = "mtls"', {}, None),
        ('auth = "wss"', {}, None),
        ('code_page = "klingon"', {}, None),
        ('auth = "kerberos"', {}, None),
    ],
)
def test_what_does_not_fit_together_is_told_at_once(tmp_path: Path, backend: str, config: Any, login: Any) -> None:
    with pytest.raises(ValueError, match=r"login|cookies|certificate|user name|code page|auth"):
        connect(
            folder(tmp_path, backend),
            "small.wsdl",
            SoapConfig(endpoint="http://x/", **config),
            FakeClock(),
            login=login,
        )


def test_a_secret_is_never_shown() -> None:
    config = SoapConfig(endpoint="http://x/", **ANNA)
    assert "s3c" not in repr(config) + str(config.model_dump_json())
    with pytest.raises(ValueError, match="password"):
        SoapConfig(endpoint="http://x/", username="anna")


@pytest.mark.parametrize("configured", [None, "Europe/Vienna"])
async def test_times_without_a_zone_mean_the_systems_own(tmp_path: Path, configured: str | None) -> None:
    """The manifest's zone, unless this installation has another."""
    config = {} if configured is None else {"timezone": configured}
    reply = told("yes", "<at>2026-03-02T12:00:00</at>")
    backend = 'timezone = "Asia/Kolkata"'
    async with system(lambda _: reply) as (url, _), client(tmp_path, url, backend, config=config) as soap:
        at = (await soap.call(call(), "Ask", {"what": "x"})).body["at"]
    hour, minute = (6, 30) if configured is None else (11, 0)
    assert at.astimezone(UTC) == datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_a_reply_is_read_as_deep_as_the_manifest_says(tmp_path: Path, encoding: str) -> None:
    """Envelope, Body and the answer are three of them."""

    def reply(depth: int) -> bytes:
        deeper = "<n>" * (depth - 4) + "<n/>" + "</n>" * (depth - 4)
        inner = f'<told xmlns="urn:s"><that>yes</that>{deeper}</told>'
        return http(200, f'<?xml version="1.0" encoding="{encoding}"?>{envelope(inner).decode()}'.encode(encoding))

    replies = iter([reply(20), reply(21)])
    async with system(lambda _: next(replies)) as (url, _), client(tmp_path, url, "reply_depth = 20") as soap:
        assert (await soap.call(call(), "Ask", {"what": "x"})).body["that"] == "yes"
        with pytest.raises(Garbled, match="deeper"):
            await soap.call(call(), "Ask", {"what": "x"})


UMLAUT = f'{{}}<s:Envelope xmlns:s="{SOAP}"><s:Body><told xmlns="urn:s"><that>Weiß</that>'
CLOSE = "</told></s:Body></s:Envelope>"


@pytest.mark.parametrize(
    ("code_page", "declared", "written", "kind"),
    [
        ("latin-1", "", "latin-1", "text/xml"),
        ("latin-1", '<?xml version="1.0" encoding="utf-8"?>', "latin-1", "text/xml; charset=utf-8"),
        ("latin-1", '<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1", "text/xml"),
        ("latin-1", '<?xml version="1.0" encoding="utf-8"?>', "utf-8", "text/xml"),
        ("cp1252", '<?xml version="1.0" encoding="windows-1252"?>', "cp1252", "text/xml"),
        ("cp500", "", "cp500", "text/xml"),
        ("cp500", '<?xml version="1.0" encoding="IBM500"?>\x85', "cp500", "text/xml"),
        ("cp500", '<?xml version="1.0" encoding="utf-8"?>', "utf-8", "text/xml"),
        ("cp500", "", "utf-16", "text/xml"),
        (None, "", "utf-8", "text/xml"),
        (None, "", "latin-1", "text/xml; charset=ISO-8859-1"),
        (None, '<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1", 'text/xml; charset="utf-8"'),
        (None, '<?xml version="1.0" encoding="utf-8"?>', "utf-8-sig", "text/xml"),
    ],
)
async def test_replies_in_the_code_page_of_the_system(
    tmp_path: Path, code_page: str | None, declared: str, written: str, kind: str
) -> None:
    reply = http(200, (UMLAUT.format(declared) + CLOSE).encode(written), kind=kind)
    backend = "" if code_page is None else f'code_page = "{code_page}"'
    async with system(lambda _: reply) as (url, _), client(tmp_path, url, backend) as soap:
        assert (await soap.call(call(), "Ask", {"what": "x"})).body["that"] == "Weiß"


@pytest.mark.parametrize(
    ("code_page", "declared", "written", "kind"),
    [
        (None, "", "latin-1", "text/xml"),
        (None, "", "cp500", "text/xml"),
        (None, "", "utf-8", "text/xml; charset=klingon"),
        (None, '<?xml version="1.0" encoding="windows-1252"?>', "cp1252", "text/xml"),
        ("cp500", "", "latin-1", "text/xml"),
    ],
)
async def test_replies_in_a_code_page_that_nobody_named(
    tmp_path: Path, code_page: str | None, declared: str, written: str, kind: str
) -> None:
    reply = http(200, (UMLAUT.format(declared) + CLOSE).encode(written), kind=kind)
    backend = "" if code_page is None else f'code_page = "{code_page}"'
    async with system(lambda _: reply) as (url, _), client(tmp_path, url, backend) as soap:
        with pytest.raises(Garbled):
            await soap.call(call(), "Ask", {"what": "x"})


@pytest.mark.parametrize(
    ("facts", "config", "happened"),
    [
        ("", {}, Happened.UNKNOWN),
        ("[facts]\nrefused = [503]", {}, Happened.NO),
        ("[facts]\nrefused = [503]", {"refused": []}, Happened.UNKNOWN),
        ("", {"refused": [503]}, Happened.NO),
    ],
)
async def test_a_503_was_before_any_work_only_where_that_is_declared(
    tmp_path: Path, facts: str, config: dict[str, Any], happened: Happened
) -> None:
    async with system(lambda _: http(503, b"busy")) as (url, _), client(tmp_path, url, facts, config=config) as soap:
        with pytest.raises(Unavailable) as caught:
            await soap.call(call(), "Ask", {"what": "x"})
    assert caught.value.happened is happened
