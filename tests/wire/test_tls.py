"""TLS: our certificate, whose word we take for theirs, and that a failed handshake sent nothing."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from banyan import Happened, Unavailable
from banyan.wire.tls import context
from tests.soap.calling import client, system, told
from tests.wire.serving import ENVELOPE, answering, call, http, interrupted, post, server, wire

pytestmark = pytest.mark.skipif(which("openssl") is None, reason="certificates are made with openssl, which is absent")


class Papers:
    """An authority and what it signs, made in this test's folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.authority = folder / f"{name}.pem"
        self._key = folder / f"{name}.key"
        _openssl(
            "req", "-x509", *NEW, "-keyout", self._key, "-out", self.authority, "-subj", f"/CN={name}", "-days", "2"
        )

    def sign(self, name: str, place: str = "IP:127.0.0.1") -> tuple[Path, Path]:
        """Certificate and key."""
        asked, key, made = (self._folder / f"{name}.{kind}" for kind in ("csr", "key", "pem"))
        said = self._folder / f"{name}.ext"
        said.write_text(f"subjectAltName={place}\n")
        _openssl("req", *NEW, "-keyout", key, "-out", asked, "-subj", f"/CN={name}")
        by = ("-CA", self.authority, "-CAkey", self._key, "-CAcreateserial", "-days", "2", "-extfile", said)
        _openssl("x509", "-req", "-in", asked, "-out", made, *by)
        return made, key


NEW = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Papers]:
    return Papers(tmp_path_factory.mktemp("papers"), "ours")


def serving(certificate: Path, key: Path, clients: Path | None = None, newest: bool = True) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients)
    made.load_cert_chain(certificate, key)
    if clients is not None:
        made.verify_mode = ssl.CERT_REQUIRED
    if not newest:
        made.maximum_version = ssl.TLSVersion.TLSv1_2
    return made


async def test_an_authority_of_its_own_is_taken_for_the_machines(papers: Papers) -> None:
    theirs = serving(*papers.sign("server"))
    several = answering(http(200, ENVELOPE), http(200, ENVELOPE))
    async with server(several, theirs) as url, wire(tls=context(None, None, papers.authority)) as made:
        assert [await post(made, url) for _ in range(3)] == [ENVELOPE] * 3


@pytest.mark.parametrize("case", ["signed by nobody we know", "signed for somebody else", "no TLS at all"])
async def test_a_system_that_is_not_who_it_should_be_gets_nothing(papers: Papers, case: str) -> None:
    heard: list[bytes] = []
    place = "DNS:elsewhere.example" if case == "signed for somebody else" else "IP:127.0.0.1"
    theirs = None if case == "no TLS at all" else serving(*papers.sign("other", place))
    trusted = context(None, None, None if case == "signed by nobody we know" else papers.authority)
    behaviour = answering(http(200, ENVELOPE), heard=heard)
    async with server(behaviour, theirs) as url, wire(tls=trusted, timeout_s=0.6) as made:
        with pytest.raises(Unavailable) as caught:
            await post(made, url.replace("http:", "https:"))
    assert (caught.value.happened, heard) == (Happened.NO, [])


async def test_under_tls_too_an_answer_before_its_question_was_heard_out_ends_the_connection(papers: Papers) -> None:
    theirs, ours = serving(*papers.sign("server")), context(None, None, papers.authority)
    assert await interrupted(theirs, tls=ours) == [ENVELOPE] * 2


@pytest.mark.parametrize("newest", [True, False])
async def test_our_certificate_is_shown(papers: Papers, newest: bool) -> None:
    theirs = serving(*papers.sign("server"), clients=papers.authority, newest=newest)
    ours = context(*papers.sign("banyan"), papers.authority)
    async with server(answering(http(200, ENVELOPE)), theirs) as url, wire(tls=ours) as made:
        assert await post(made, url) == ENVELOPE


async def test_a_certificate_by_manifest_and_configuration(papers: Papers, tmp_path: Path) -> None:
    certificate, key = papers.sign("banyan")
    config = {"certificate": certificate, "key": key, "authority": papers.authority}
    theirs = serving(*papers.sign("server"), clients=papers.authority)
    async with (
        system(lambda _: told(), theirs) as (url, _),
        client(tmp_path, url, 'auth = "mtls"', config=config) as soap,
    ):
        assert (await soap.call(call(), "Ask", {"what": "x"})).body["that"] == "yes"


@pytest.mark.parametrize("shown", ["none", "a stranger's"])
async def test_a_refused_certificate_sent_nothing(papers: Papers, shown: str, tmp_path: Path) -> None:
    heard: list[bytes] = []
    theirs = serving(*papers.sign("server"), clients=papers.authority, newest=False)
    mine = (None, None) if shown == "none" else Papers(tmp_path, "stranger").sign("banyan")
    async with (
        server(answering(http(200, ENVELOPE), heard=heard), theirs) as url,
        wire(tls=context(*mine, papers.authority)) as made,
    ):
        with pytest.raises(Unavailable) as caught:
            await post(made, url)
    assert (caught.value.happened, heard) == (Happened.NO, [])


async def test_with_tls_1_3_the_alert_is_the_proof(papers: Papers) -> None:
    """There our first bytes go out before our certificate was seen, and nobody deciphers them."""
    theirs = serving(*papers.sign("server"), clients=papers.authority)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        refusing = asyncio.create_task(asyncio.to_thread(_refuse, listening, theirs))
        async with wire(tls=context(None, None, papers.authority)) as made:
            with pytest.raises(Unavailable) as caught:
                await post(made, f"https://127.0.0.1:{listening.getsockname()[1]}/")
        await refusing
    assert caught.value.happened is Happened.NO


def _refuse(listening: socket.socket, theirs: ssl.SSLContext) -> None:
    raw, _ = listening.accept()
    with theirs.wrap_socket(raw, server_side=True, do_handshake_on_connect=False) as connection:
        with pytest.raises(ssl.SSLError):
            connection.do_handshake()
        while socket.socket.recv(connection, 65_536):  # what is left unread would turn the end into a reset
            pass
