"""What a recording holds, and which request it answers."""

import pytest

from banyan.kit.fingerprint import fingerprint
from banyan.kit.redaction import Redaction, alias, cookie

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def body(inside: str, prefix: str = "s") -> str:
    return f'<{prefix}:Envelope xmlns:{prefix}="{SOAP}"><{prefix}:Body>{inside}</{prefix}:Body></{prefix}:Envelope>'


def named(content: str, path: str = "x") -> str:
    return fingerprint("POST", path, '"act"', content)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (body("<a>1</a>"), body("<a>1</a>", "soap"), True),
        (body("<a>1</a>"), body("\n  <a>1</a>\n"), True),
        (body("<a>1</a>"), body("<a>2</a>"), False),
        (body("<a>1</a>"), body('<a xmlns="urn:x">1</a>'), False),
        (body("<a b='1' c='2'/>"), body("<a c='2' b='1'/>"), True),
        (body("<a id='1'/>"), body("<a id='2'/>"), False),
        (body("<a/><b/>"), body("<b/><a/>"), False),
        (body("<t:Created xmlns:t='urn:t'>1</t:Created>"), body("<t:Created xmlns:t='urn:t'>2</t:Created>"), True),
        (body("<correlationId>1</correlationId>"), body("<correlationId>2</correlationId>"), True),
        (body("<MessageID>1</MessageID>"), body("<Messages>1</Messages>"), False),
        (
            body('<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:t="urn:t" i:type="t:X"/>'),
            body('<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:q="urn:t" i:type="q:X"/>'),
            True,
        ),
    ],
)
def test_the_same_question_has_the_same_name(one: str, other: str, same: bool) -> None:
    assert (named(one) == named(other)) is same


def test_where_and_how_it_was_asked_counts() -> None:
    assert named("x", "a") != named("x", "b")
    assert named("x", "/a/") == named("x", "a")
    assert fingerprint("POST", "", "one", "x") != fingerprint("POST", "", "two", "x")


@pytest.mark.parametrize(
    "text",
    [
        "<wsse:Password Type='t#PasswordText'>open sesame</wsse:Password>",
        "<Password><![CDATA[open sesame]]></Password>",
        "<password\n>open sesame</password >",
        "<ns1:sessionId>open sesame</ns1:sessionId>",
        "<Session><a> open sesame</a>\n</Session>",
        "<w:UsernameToken w:Id='x'><w:Username>open sesame</w:Username></w:UsernameToken>",
        "<x>open sesame</x>",
    ],
)
def test_a_secret_is_blanked(text: str) -> None:
    redacted, _ = Redaction(known=["open sesame"] if "<x>" in text else []).text(text)
    assert "open sesame" not in redacted
    assert "redacted" in redacted


def test_a_user_name_in_an_answer_stays() -> None:
    text = "<user><userName>nordwerk</userName><sessions/><token/></user>"
    assert Redaction().text(text)[0] == text


def test_what_stands_around_a_secret_stays() -> None:
    redacted, _ = Redaction().text("<a>1</a><Session b='2'><c>no</c><d/></Session><e>3</e>")
    assert redacted == "<a>1</a><Session b='2'><c>redacted</c><d/></Session><e>3</e>"


@pytest.mark.parametrize("text", ["<n>{}</n>", "<n>tel:{}</n>", "<n>tel:+{}</n>", "<n a='{}'/>", "<n>+{}</n>"])
def test_a_number_becomes_another_everywhere(text: str) -> None:
    number = "491701234567"
    redacted, called = Redaction().text(text.format(number))
    assert redacted == text.format(alias(number))
    assert called == {number: alias(number)}
    assert len(alias(number)) == len(number)
    assert alias(number).isdigit()
    assert alias(number) != number


@pytest.mark.parametrize(
    "text", ["<t>20260112093000</t>", "<d>1234567890.55</d>", "<id>123</id>", "<u>urn:4917012345678</u>"]
)
def test_what_is_no_number_of_anybody_stays(text: str) -> None:
    assert Redaction().text(f"<t>{text}</t>")[0] == f"<t>{text}</t>"


def test_what_the_class_calls_personal_is_renamed_where_it_stands_alone() -> None:
    redacted, called = Redaction(personal=["nordwerk"]).text("<a>nordwerk</a><b>nordwerks</b>")
    assert redacted == f"<a>{alias('nordwerk')}</a><b>nordwerks</b>"
    assert called == {"nordwerk": alias("nordwerk")}


def test_a_cookie_keeps_its_name() -> None:
    assert cookie("JSESSIONID=abc.def; Path=/; HttpOnly") == "JSESSIONID=redacted; Path=/; HttpOnly"
