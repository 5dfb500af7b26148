"""What a system says is written down without what is private, and told again to whoever asks the same."""

import json
from pathlib import Path

import httpx
import pytest

from banyan.kit.cassettes import Exchanges, Recording, Replaying
from banyan.kit.recordings import Rules
from banyan.kit.redaction import Redaction

URL = "http://live.invalid/soap"
Said = list[tuple[str, str]]
"""Requests, and what each is answered."""


def rules(folder: Path, test: str = "TestIt::test_one", **known: list[str]) -> Rules:
    return Rules(folder, test, Redaction(**known))


async def record(rules: Rules, said: Said, **headers: str) -> None:
    answers = iter(said)

    def answer(request: httpx.Request) -> httpx.Response:
        asked, told = next(answers)
        assert request.content.decode() == asked
        return httpx.Response(200, headers={"content-type": "text/xml", **headers}, content=told)

    recording = Recording(Exchanges(rules, URL), httpx.MockTransport(answer))
    async with httpx.AsyncClient(transport=recording) as client:
        for asked, told in said:
            assert (await client.post(URL, content=asked)).text == told


async def replay(rules: Rules, *asked: str) -> list[str]:
    played, missing = set[str](), list[str]()
    async with httpx.AsyncClient(transport=Replaying(Exchanges(rules, URL), played, missing)) as client:
        return [(await client.post(URL, content=each)).text for each in asked]


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def written(folder: Path) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in files(folder))


async def test_what_an_answer_told_can_be_asked_for(tmp_path: Path) -> None:
    """An order's number looks like somebody's, and so is another in the recording; it is asked for by that."""
    await record(rules(tmp_path), [("<new/>", "<id>4500012345</id>"), ("<a>4500012345</a>", "<ok>4500012345</ok>")])
    assert "4500012345" not in written(tmp_path)
    today = rules(tmp_path)
    (told,) = await replay(today, "<new/>")
    number = told.removeprefix("<id>").removesuffix("</id>")
    assert await replay(today, f"<a>{number}</a>") == [f"<ok>{number}</ok>"]


async def test_a_message_id_that_looks_like_a_number_of_somebody_is_todays(tmp_path: Path) -> None:
    await record(rules(tmp_path), [("<messageID>1700000000001</messageID>", "<for>1700000000001</for>")])
    assert await replay(rules(tmp_path), "<messageID>1800000000002</messageID>") == ["<for>1800000000002</for>"]


async def test_a_session_is_blanked_wherever_it_stands(tmp_path: Path) -> None:
    """Only the request that uses it tells that the answer before was a secret."""
    await record(
        rules(tmp_path), [("<login/>", "<r>abc123def456</r>"), ("<sessionId>abc123def456</sessionId>", "<x/>")]
    )
    assert "abc123" not in written(tmp_path)
    today = rules(tmp_path)
    (told,) = await replay(today, "<login/>")
    assert await replay(today, f"<sessionId>{told[3:-4]}</sessionId>") == ["<x/>"]


async def test_headers_are_redacted(tmp_path: Path) -> None:
    headers = {"location": "http://x/y;jsessionid=abc123?msisdn=491701234567", "set-cookie": "id=abc123; Path=/"}
    await record(rules(tmp_path), [("<a/>", "<b/>")], **headers)
    told = json.loads(written(tmp_path))["reply"]["headers"]
    assert ["set-cookie", "id=redacted; Path=/"] in told
    assert "abc123" not in str(told)
    assert "491701234567" not in str(told)


async def test_what_cannot_be_redacted_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"would hold 'nordwerk', as a part .* private_elements"):
        await record(rules(tmp_path, personal=["nordwerk"]), [("<a/>", "<b>nordwerks</b>")])
    assert written(tmp_path) == ""


async def test_the_order_of_questions_does_not_count(tmp_path: Path) -> None:
    await record(rules(tmp_path), [("<a/>", "<one/>"), ("<b/>", "<two/>"), ("<a/>", "<three/>")])
    assert await replay(rules(tmp_path), "<b/>", "<a/>", "<a/>", "<a/>") == ["<two/>", "<one/>", "<three/>", "<three/>"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"tests": {}}', '{"tests": {"TestIt::test_one": [1]}, "request": {}}']
)
async def test_a_recording_that_was_spoilt_by_hand_is_named(tmp_path: Path, text: str) -> None:
    await record(rules(tmp_path), [("<a/>", "<one/>")])
    (file,) = files(tmp_path)
    file.write_text(text)
    with pytest.raises(
        pytest.fail.Exception, match=f"{file.name} is no recording any more: delete it and record again"
    ):
        await replay(rules(tmp_path), "<a/>")
