"""What a recording holds, and which request it answers."""

import base64
import json
import re

import pytest

from banyan.kit.alias import alias
from banyan.kit.fingerprint import fingerprint
from banyan.kit.redaction import Redaction, cookie, tells_a_secret

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
        "<newPassword>open sesame</newPassword>",
        "<access_token expires='a>b'>open sesame</access_token>",
        "<PIN2>open sesame</PIN2>",
        "<login user='x' password='open sesame'/>",
        '<login w:pwd="open sesame"/>',
        '<j>{"apiKey": "open sesame", "n": 1}</j>',
        '<j>{"clientSecret":"say \\"open sesame"}</j>',
        "<j>{&quot;password&quot;:&quot;open sesame&quot;}</j>",
        "<x>&lt;password&gt;open sesame&lt;/password&gt;</x>",
        "<x><![CDATA[<a><password>open sesame</password></a>]]></x>",
        "<pair><name>password</name><value>open sesame</value></pair>",
        "<pair name='session-id' value='open sesame'/>",
        "<pair name='token'>open sesame</pair>",
        "<password><!-- open sesame --></password>",
    ],
)
def test_a_secret_is_blanked(text: str) -> None:
    redacted, _ = Redaction().text(text)
    assert "open sesame" not in redacted
    assert "redacted" in redacted


@pytest.mark.parametrize(
    "text",
    [
        "<u>http://x.example/y;jsessionid={}?a=1</u>",
        "<u>http://x.example/y?a=1&amp;token={}&amp;b=2</u>",
        "<u>http://me:{}@x.example/</u>",
        "<h>Authorization: Bearer {}</h>",
        "<h>eyJ0eXAiOiJKV1QifQ.{}.x</h>",
    ],
)
def test_a_secret_in_an_address_or_a_header_is_blanked(text: str) -> None:
    assert "open-sesame-42" not in Redaction().text(text.format("open-sesame-42"))[0]


@pytest.mark.parametrize(
    "written",
    [
        'a&b<"é"',
        'a&amp;b&lt;"é"',
        "a&amp;b&lt;&quot;é&quot;",
        'a&amp;b&lt;"&#233;"',
        "a%26b%3C%22%C3%A9%22",
        'a&b<\\"\\u00e9\\"',
        base64.b64encode('user:a&b<"é"'.encode()).decode(),
    ],
)
def test_a_secret_of_the_configuration_is_blanked_however_it_is_written(written: str) -> None:
    redacted, _ = Redaction(known=['a&b<"é"']).text(f"<x>{written}</x>")
    assert written not in redacted


def test_what_was_blanked_once_is_blanked_under_any_other_name() -> None:
    redaction = Redaction()
    redaction.text("<h><sessionId>a1b2c3d4e5</sessionId><pin>1234</pin></h>")
    assert redaction.text("<context>x-a1b2c3d4e5.node</context><n>1234</n>")[0] == (
        "<context>x-redacted.node</context><n>1234</n>"
    )


@pytest.mark.parametrize(
    "text", ["<a xmlns:token='urn:t'/>", "<nextPageToken>a 1</nextPageToken>", "<tokenType>x</tokenType>", "<pin/>"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redaction().text(text)[0] == text


@pytest.mark.parametrize(
    ("text", "private", "kind"),
    [
        ("<mail>ada.l@example.org</mail>", "ada.l@example.org", r"p\w+@example\.com"),
        ("<a to='mailto:ada.l@example.org'/>", "ada.l@example.org", r"p\w+@example\.com"),
        ("<a>DE89370400440532013000</a>", "DE89370400440532013000", r"DE\d{20}"),
        ("<a>GB82 WEST 1234 5698 7654 32</a>", "GB82 WEST 1234 5698 7654 32", r"GB\d\d WEST \d{4} \d{4} \d{4} \d\d"),
        ("<card>4111 1111 1111 1111</card>", "4111 1111 1111 1111", r"4\d{3}( \d{4}){3}"),
        ("<phone>0170-123 4567</phone>", "0170-123 4567", r"0\d{3}-\d{3} \d{4}"),
        ("<a>+49 170 1234567</a>", "49 170 1234567", r"4\d \d{3} \d{7}"),
        ("<iccid>8949020000012345678F</iccid>", "8949020000012345678F", r"8\d{18}F"),
        ("<a>sip:+491701234567@ims.example</a>", "491701234567", r"4\d{11}"),
        ("<u>http://x.example/msisdn/491701234567/a</u>", "491701234567", r"4\d{11}"),
        ("<a msisdn='1701234'/>", "1701234", r"1\d{6}"),
        ('<j>{"msisdn":491701234567}</j>', "491701234567", r"4\d{11}"),
        ("<c:firstName>Ada</c:firstName>", "Ada", r"p\w{7}"),
        ("<birthDate>1815-12-10Z</birthDate>", "1815-12-10Z", r"19\d\d-\d\d-\d\dZ"),
        ("<a street='Hauptstr. 5'/>", "Hauptstr. 5", r"p\w{10}"),
    ],
)
def test_what_is_somebodys_becomes_another_of_its_kind(text: str, private: str, kind: str) -> None:
    redacted, called = Redaction().text(text)
    assert re.fullmatch(kind, called[private])
    assert redacted == text.replace(private, called[private])


def test_a_number_in_base64_becomes_another_too() -> None:
    redacted, called = Redaction().text(f"<d>{base64.b64encode(b'msisdn=491701234567').decode()}</d>")
    assert base64.b64decode(redacted[3:-4]) == f"msisdn={alias('491701234567')}".encode()
    assert called == {"491701234567": alias("491701234567")}


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
    "text", ["<t>20260112093000</t>", "<d>1234567890.55</d>", "<id>123</id>", "<u>1-4917012345678</u>"]
)
def test_what_is_no_number_of_anybody_stays(text: str) -> None:
    assert Redaction().text(f"<t>{text}</t>")[0] == f"<t>{text}</t>"


def test_what_the_class_calls_personal_is_renamed_where_it_stands_alone() -> None:
    redacted, called = Redaction(personal=["nordwerk"]).text("<a>nordwerk</a><b>nordwerks</b>")
    assert redacted == f"<a>{alias('nordwerk')}</a><b>nordwerks</b>"
    assert called == {"nordwerk": alias("nordwerk")}


def test_a_check_finds_what_was_never_redacted() -> None:
    told = {"tests": {"TestIt::test_no_secret": [1]}, "request": {"body": "<password>redacted</password>"}}
    assert not tells_a_secret(json.dumps(told))
    assert tells_a_secret(json.dumps(told | {"reply": {"body": '<a pwd="open sesame"/>'}}))


def test_a_cookie_keeps_its_name() -> None:
    assert cookie("JSESSIONID=abc.def; Path=/; HttpOnly") == "JSESSIONID=redacted; Path=/; HttpOnly"
