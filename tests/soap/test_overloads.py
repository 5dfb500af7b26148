"""Operations of one name, told apart by their inputs: the first has the name, the others that of their input."""

from pathlib import Path

import pytest

from banyan.soap import SoapContract
from banyan.soap.loading import Problem, load
from banyan.soap.survey import survey
from banyan.soap.vendor import gather

SPACES = (
    'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t"'
)
PARTS = {"byId": "xs:int", "byNumber": "xs:string", "all": "xs:boolean"}


def element(name: str, kind: str) -> str:
    inside = f'<xs:complexType><xs:sequence><xs:element name="{name}" type="{kind}"/></xs:sequence></xs:complexType>'
    return f'<xs:element name="{name}">{inside}</xs:element>'


def operation(message: str, name: str = "Find", *, given: bool = True) -> str:
    said = f'name="{message}"' if given else ""
    return f'<operation name="{name}"><input {said} message="t:{message}"/><output message="t:found"/></operation>'


def bound(given: str | None, name: str = "Find") -> str:
    said = f'name="{given}"' if given else ""
    action = f'<soap:operation soapAction="urn:{given}"/>'
    body = '<soap:body use="literal" namespace="urn:t"/>'
    return f'<operation name="{name}">{action}<input {said}>{body}</input><output>{body}</output></operation>'


def written(folder: Path, operations: str, bindings: str, *, style: str = "document") -> Path:
    rpc = style == "rpc"
    types = "" if rpc else "".join(element(*each) for each in PARTS.items()) + element("found", "xs:string")
    parts = {name: f'name="p" type="{kind}"' if rpc else f'name="p" element="t:{name}"' for name, kind in PARTS.items()}
    parts["found"] = 'name="p" type="xs:string"' if rpc else 'name="p" element="t:found"'
    messages = "".join(f'<message name="{name}"><part {part}/></message>' for name, part in parts.items())
    transport = "http://schemas.xmlsoap.org/soap/http"
    path = folder / "t.wsdl"
    path.write_text(
        f'<definitions {SPACES}><types><xs:schema targetNamespace="urn:t">{types}</xs:schema></types>{messages}'
        f'<portType name="P">{operations}</portType>'
        f'<binding name="B" type="t:P"><soap:binding style="{style}" transport="{transport}"/>{bindings}</binding>'
        "</definitions>"
    )
    return path


def test_each_is_called_and_shown_by_a_name_of_its_own(tmp_path: Path) -> None:
    """Whatever the order in which the binding has them."""
    wsdl = written(
        tmp_path,
        operation("byId") + operation("byNumber") + operation("all"),
        bound("all") + bound("byId") + bound("byNumber"),
    )
    contract = SoapContract.load(wsdl)
    assert (contract.operations, contract.problems, contract.dropped) == (["Find", "all", "byNumber"], (), {})
    for name, part, value in (("Find", "byId", 7), ("byNumber", "byNumber", "4915"), ("all", "all", True)):
        assert contract.http_headers(name)["soapaction"] == f'"urn:{part}"'
        sent = contract.write(name, {part: value})
        assert contract.read_request(None, sent) == (name, {part: value}, {})
        assert contract.read(name, contract.write_reply(name, {"found": "x"})).body == {"found": "x"}
    told = {name: [part.told for part in each.asks.parts] for name, each in survey(gather(wsdl)).operations.items()}
    assert told == {"Find": ["byId: int"], "byNumber": ["byNumber: string"], "all": ["all: boolean"]}


def test_an_rpc_message_is_wrapped_in_the_name_that_they_share(tmp_path: Path) -> None:
    both = operation("byId") + operation("byNumber")
    contract = SoapContract.load(written(tmp_path, both, bound("byId") + bound("byNumber"), style="rpc"))
    sent = contract.write("byNumber", {"p": "4915"})
    assert b":Find>" in sent or b"<Find" in sent
    assert contract.read_request("byNumber", sent).parameters == {"p": "4915"}
    assert contract.read("byNumber", contract.write_reply("byNumber", {"p": "x"})).body == {"p": "x"}


def test_inputs_without_names_are_told_apart_by_message_and_by_order(tmp_path: Path) -> None:
    both = operation("byId", given=False) + operation("byNumber", given=False)
    contract = SoapContract.load(written(tmp_path, both, bound(None) + bound(None)))
    assert contract.operations == ["Find", "byNumber"]
    assert contract.takes("byNumber") == {"byNumber"}


def test_the_name_of_another_operation_is_not_taken(tmp_path: Path) -> None:
    operations = operation("byId") + operation("all") + operation("byNumber", "all")
    contract = SoapContract.load(written(tmp_path, operations, bound("byId") + bound("all") + bound(None, "all")))
    assert {name: set(contract.takes(name)) for name in contract.operations} == {
        "Find": {"byId"},
        "Find#2": {"all"},
        "all": {"byNumber"},
    }


@pytest.mark.parametrize(
    ("operations", "bindings", "dropped", "problems"),
    [
        (
            operation("byId") + operation("byNumber"),
            bound("byId") + bound("byNumber") + bound("byName"),
            {"Find#3": "the port type has no Find whose input is byName"},
            (),
        ),
        (
            operation("byId") + operation("byNumber"),
            bound("byId") + bound("byNumber") + bound("byNumber"),
            {"Find#3": "the binding names it twice; the first is taken"},
            (),
        ),
        (
            operation("byId") + operation("byNumber") + operation("byNumber"),
            bound("byId") + bound("byNumber"),
            {},
            (Problem("t.wsdl", "holds byNumber twice in P; the first is taken"),),
        ),
        (
            operation("byId") + operation("gone"),
            bound("byId") + bound("gone"),
            {"gone": "its message gone is missing"},
            (),
        ),
    ],
)
def test_what_cannot_be_told_apart_is_named(
    tmp_path: Path, operations: str, bindings: str, dropped: dict[str, str], problems: tuple[Problem, ...]
) -> None:
    loaded = load(written(tmp_path, operations, bindings))
    assert (loaded.dropped, loaded.problems) == (dropped, problems)
