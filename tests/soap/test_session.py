"""A session by login: opened once for all callers, renewed once when it ended, never in a loop."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from banyan import Call, Happened, PortError, Rejected, TimedOut, Unavailable
from banyan.soap import Reply, SessionEnded, SoapClient, SoapFault, port_error
from tests.clock import FakeClock
from tests.soap.calling import between, client, fault, logged_in, system, told
from tests.wire.serving import call, http

SESSION = 'auth = "session"'


async def login(soap: SoapClient, call: Call) -> Mapping[str, Any]:
    reply = await soap.call(call, "Login", {"user": "banyan"})
    return {"session": {"id": reply.body["id"]}}


class Legacy:
    """Hands out sessions S1, S2, ... and knows the newest; `over` is how it says that it does not know one."""

    def __init__(self, over: bytes = http(401, b"no")) -> None:
        self.logins = self.asked = 0
        self.over = over
        self.known = "S1"
        self.gate: asyncio.Event | None = None

    async def __call__(self, asked: bytes) -> bytes:
        if b"login>" in asked:
            self.logins += 1
            if self.gate is not None:
                await self.gate.wait()
            return logged_in(f"S{self.logins}", f"set-cookie: JSESSIONID=C{self.logins}; Path=/; HttpOnly")
        self.asked += 1
        session = between(asked, "id")
        return told(session) if session == self.known else self.over


async def ask(soap: SoapClient, deadline: float = 100) -> str:
    that: str = (await soap.call(call(deadline), "Ask", {"what": "x"})).body["that"]
    return that


async def test_twenty_callers_share_one_login(tmp_path: Path) -> None:
    legacy = Legacy()
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        assert await asyncio.gather(*(ask(soap) for _ in range(20))) == ["S1"] * 20
    assert (legacy.logins, legacy.asked) == (1, 20)


@pytest.mark.parametrize(
    "over", [http(401, b"no"), fault("w:FailedAuthentication"), fault("w:InvalidSecurityToken", 401)]
)
async def test_a_session_that_ended_is_renewed_once_for_all(tmp_path: Path, over: bytes) -> None:
    legacy = Legacy(over)
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        await ask(soap)
        legacy.known = "S2"
        assert await asyncio.gather(*(ask(soap) for _ in range(20))) == ["S2"] * 20
        assert await ask(soap) == "S2"
    assert legacy.logins == 2


async def test_the_systems_own_words_for_an_ended_session(tmp_path: Path) -> None:
    def mine(told: SoapFault) -> PortError:
        return SessionEnded("the session ended") if told.code == "INVALID_SESSION" else port_error(told)

    legacy = Legacy(fault("f:INVALID_SESSION"))
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login, fault=mine) as soap:
        await ask(soap)
        legacy.known = "S2"
        assert await ask(soap) == "S2"
    assert legacy.logins == 2


async def test_an_ended_session_told_in_an_answer_like_any_other(tmp_path: Path) -> None:
    """Whoever maps the answer says so; nothing was done, by the system's own word."""

    def mapped(reply: Reply) -> str:
        if reply.body["that"] == "INVALID_SESSION":
            raise SessionEnded("the session ended")
        return str(reply.body["that"])

    legacy = Legacy(told("INVALID_SESSION"))
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        await ask(soap)
        legacy.known = "S2"
        assert await soap.call(call(), "Ask", {"what": "x"}, then=mapped) == "S2"
    assert (legacy.logins, legacy.asked) == (2, 3)


async def test_there_is_no_second_renewal(tmp_path: Path) -> None:
    legacy = Legacy()
    legacy.known = "never"
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        with pytest.raises(Rejected) as caught:
            await ask(soap)
    assert caught.value.happened is Happened.NO
    assert (legacy.logins, legacy.asked) == (2, 2)


@pytest.mark.parametrize("over", [fault("Server"), http(403, b"no"), http(500, b""), http(502, b""), fault("Client")])
async def test_what_does_not_prove_the_end_of_a_session_is_not_sent_again(tmp_path: Path, over: bytes) -> None:
    legacy = Legacy(over)
    legacy.known = "never"
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        with pytest.raises(PortError):
            await ask(soap)
    assert (legacy.logins, legacy.asked) == (1, 1)


@pytest.mark.parametrize("answer", [http(401, b"no"), http(500, b""), fault("Server"), http(429, b"")])
async def test_when_no_session_can_be_had_the_call_was_never_sent(tmp_path: Path, answer: bytes) -> None:
    async with system(lambda _: answer) as (url, heard), client(tmp_path, url, SESSION, login=login) as soap:
        results = await asyncio.gather(*(ask(soap) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(error, PortError) and error.happened is Happened.NO for error in results)
    assert len(heard) == 1
    assert b"login>" in heard[0]


async def test_a_caller_who_leaves_does_not_take_the_login_along(tmp_path: Path) -> None:
    legacy = Legacy()
    legacy.gate = asyncio.Event()
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        impatient, patient = asyncio.create_task(ask(soap)), asyncio.create_task(ask(soap))
        while not legacy.logins:  # noqa: ASYNC110 - the server's own count is what is waited for
            await asyncio.sleep(0.005)
        with pytest.raises(TimedOut) as caught:
            await ask(soap, deadline=0.05)
        impatient.cancel()
        legacy.gate.set()
        assert await patient == "S1"
    assert caught.value.happened is Happened.NO
    assert legacy.logins == 1


async def test_a_login_that_is_broken_off_sent_nothing(tmp_path: Path) -> None:
    legacy = Legacy()
    legacy.gate = asyncio.Event()
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, FakeClock(), login=login) as soap:
        waiting = asyncio.create_task(ask(soap))
        while not legacy.logins:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.005)
        await soap.aclose()
        with pytest.raises(Unavailable) as caught:
            await waiting
        legacy.gate.set()
    assert caught.value.happened is Happened.NO


@pytest.mark.parametrize("kept", [True, False])
async def test_the_logins_cookies_are_the_session_and_no_others(tmp_path: Path, kept: bool) -> None:
    """One that a customer's call brings is never sent again, not even with the session's."""

    def answer(asked: bytes) -> bytes:
        if b"login>" in asked:
            return logged_in("S1", "set-cookie: a=1; Path=/", "set-cookie: b=2; Secure", "set-cookie: a=3")
        return told().replace(b"content-type", b"set-cookie: customer=anna\r\ncontent-type")

    backend = f"{SESSION}\ncookies = {str(kept).lower()}"
    async with system(answer) as (url, heard), client(tmp_path, url, backend, login=login) as soap:
        for _ in range(3):
            await ask(soap)
    sent = [asked.lower().partition(b"cookie: ")[2].partition(b"\r\n")[0] for asked in heard]
    assert sent == [b"", *([b"a=3; b=2"] * 3 if kept else [b""] * 3)]
    assert b"anna" not in b"".join(heard)


async def test_a_renewed_session_has_its_own_cookies(tmp_path: Path) -> None:
    legacy = Legacy()
    async with system(legacy) as (url, heard), client(tmp_path, url, f"{SESSION}\ncookies = true", login=login) as soap:
        await ask(soap)
        legacy.known = "S2"
        await ask(soap)
    assert [b"JSESSIONID=C1" in asked for asked in heard] == [False, True, True, False, False]
    assert b"JSESSIONID=C2" in heard[-1]


async def test_one_session_at_two_addresses(tmp_path: Path) -> None:
    legacy = Legacy()
    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=login) as soap:
        assert [await ask(soap), await ask(soap.at(f"{url}other"))] == ["S1", "S1"]
    assert legacy.logins == 1


async def test_a_session_that_stands_in_the_body_of_each_call(tmp_path: Path) -> None:
    async def named(soap: SoapClient, call: Call) -> Mapping[str, Any]:
        return {"what": (await login(soap, call))["session"]["id"]}

    heard: list[str] = []

    async def legacy(asked: bytes) -> bytes:
        if b"login>" in asked:
            return logged_in("S1")
        heard.append(between(asked, "what"))
        return told()

    async with system(legacy) as (url, _), client(tmp_path, url, SESSION, login=named) as soap:
        await soap.call(call(), "Ask", {})
    assert heard == ["S1"]
