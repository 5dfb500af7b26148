"""Contracts as unlike each other as vendors make them: what they are taken for, and that it goes over the wire."""

import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banyan.scaffold.fields import lines
from banyan.simulate import Answer, Generated, Ledger, Request, Rows
from banyan.soap import SoapContract
from banyan.soap.sampled import sampled_reply
from banyan.soap.survey import Part, fallbacks, survey
from banyan.soap.vendor import gather
from contracts.model import Bill
from gateway.cli import app
from tests.clock import FakeClock

WSDLS = Path(__file__).parent / "wsdl"
KONTOR = WSDLS / "kontor" / "Kontor.wsdl"
FENWICK = WSDLS / "fenwick" / "crm.wsdl"
ORBIT = WSDLS / "orbit" / "partner.wsdl"
HALDEN = WSDLS / "halden" / "CareService.wsdl"
NORDAL = WSDLS / "nordal" / "SubscriptionService.wsdl"
LUMEN = WSDLS / "lumen" / "CustomerMgmt.wsdl"
MERIDIA = WSDLS / "meridia" / "ArServices.wsdl"
ZEDLER = WSDLS / "zedler" / "pricelist.wsdl"
BOREALIS = WSDLS / "borealis" / "SalesOrders.wsdl"
BROKEN = WSDLS / "broken" / "legacy.wsdl"


def test_an_encoded_message_without_parts_is_compiled_as_well() -> None:
    """Axis declares `<wsdl:message name="logoutResponse"/>`; it raised AttributeError."""
    assert fallbacks(survey(gather(KONTOR))) == {}
    contract = SoapContract.load(KONTOR)
    answered = contract.write_reply("logout", {}, None)
    assert contract.read("logout", answered).body == {}


def test_texts_and_arrays_of_the_soap_encoding_are_plain_values() -> None:
    [first, *_] = sampled_reply(SoapContract.load(KONTOR), "getContracts").body["getContractsReturn"]
    assert isinstance(first["contractId"], str)
    assert all(isinstance(each, str) for each in first["options"])


def test_they_are_told_as_what_they_are_when_read() -> None:
    operation = survey(gather(KONTOR)).operations["getContracts"]
    assert [part.told for part in operation.asks.parts] == ["sessionId: string", "kundennummer: string"]
    [answer] = operation.answers.parts
    assert (answer.told, answer.complex) == ("getContractsReturn: ContractBean[]", True)
    assert [part.told for part in answer.parts][::7] == ["contractId: string", "options: string[]"]


def test_what_is_imported_in_another_letter_case_is_taken_along(tmp_path: Path) -> None:
    found = gather(BROKEN)
    assert found.missing == ("legacy.wsdl: http://vendor.invalid/schemas/extra.xsd",)
    assert [file.relative_to(tmp_path).as_posix() for file in found.copy(tmp_path)] == [
        "legacy.wsdl",
        "Types/common.xsd",
    ]
    assert list(survey(gather(tmp_path / "legacy.wsdl")).operations) == ["GetBalance"]


@pytest.mark.parametrize("operation", ["Refill", "Extra", "Gone"])
def test_what_is_broken_is_named(operation: str) -> None:
    assert operation in survey(gather(BROKEN)).dropped


def made(tmp_path: Path, name: str, wsdl: Path, *words: str) -> dict[str, str]:
    """The files of a new adapter, which imports."""
    with chdir(tmp_path):
        ran = CliRunner().invoke(app, ["adapter", "new", name, "--wsdl", str(wsdl), "--yes", *words])
    assert ran.exit_code == 0, ran.output
    project = tmp_path / name
    for command in ("-m ruff check --no-cache .", f"-c import\\ {name}.adapter,{name}.simulator"):
        arguments = [word.replace("\\", " ") for word in command.replace("\\ ", "\\").split()]
        tried = subprocess.run([sys.executable, *arguments], cwd=project, capture_output=True, text=True, check=False)
        assert tried.returncode == 0, tried.stdout + tried.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in project.rglob("*.py")}


def test_a_session_is_opened_and_its_token_left_to_it(tmp_path: Path) -> None:
    files = made(tmp_path, "kontor_one", KONTOR, "--port", "InventoryPort", "--auth", "session")
    assert 'await soap.call(call, "login", mapping.login(config))' in files["adapter.py"]
    assert '"user": needed(config.username, "username")' in files["mapping.py"]
    assert 'return {"sessionId": body["loginReturn"]}  # guessed' in files["mapping.py"]
    assert 'return {"kundennummer": customer_id}' in files["mapping.py"]
    assert 'username="tester"' in files["test_contract.py"]


def test_credentials_in_a_header_come_from_the_configuration(tmp_path: Path) -> None:
    serves = ["--serve", "customer=RdPty", "--serve", "find_customers=SrchPty"]
    files = made(tmp_path, "fenwick_one", FENWICK, "--port", "CustomerPort", *serves)
    assert "def header(config: Config) -> Record:" in files["mapping.py"]
    assert '"pwd": needed(config.password, "password").get_secret_value()' in files["mapping.py"]
    assert "mapping.header(self._config)" in files["adapter.py"]
    assert 'username="tester"' in files["test_contract.py"]


def test_credentials_that_a_header_lets_be_left_out_are_said_too(tmp_path: Path) -> None:
    """ASP.NET declares whatever is a string as optional."""
    files = made(tmp_path, "halden_one", HALDEN, "--port", "CustomerPort")
    assert '"UserName": needed(config.username, "username")' in files["mapping.py"]
    assert '"Password": needed(config.password, "password").get_secret_value()' in files["mapping.py"]


def test_a_reply_that_tells_how_it_went_is_asked_first(tmp_path: Path) -> None:
    serves = ["--serve", "customer=RdPty", "--serve", "find_customers=SrchPty"]
    files = made(tmp_path, "fenwick_two", FENWICK, "--port", "CustomerPort", *serves)
    assert 'settled(body["outcome"]["rc"])\n    return customer(found(body["pty"]))' in files["mapping.py"]
    assert "raise Rejected(" in files["mapping.py"]
    assert 'says={"rc": 0}, missing=lambda: {"outcome": {"rc": 404}})' in files["simulator.py"]
    assert 'made.gives("RdPty", ("pty",), customers)' in files["simulator.py"]


def test_a_code_in_the_header_of_a_reply_is_asked_first_and_by_the_probe_too(tmp_path: Path) -> None:
    files = made(tmp_path, "lumen_one", LUMEN, "--port", "CustomerPort")
    assert "def customer_reply(body: Record, header: Record) -> Customer:" in files["mapping.py"]
    assert 'settled((header.get("h") or {}).get("ResultCode"))\n    return customer(' in files["mapping.py"]
    assert "mapping.customer_reply(reply.body, reply.header)" in files["adapter.py"]
    assert 'mapping.settled((reply.header.get("h") or {}).get("ResultCode"))' in files["adapter.py"]
    assert 'missing=lambda: Answer({}, {"h": {"ResultCode": 404}})' in files["simulator.py"]
    shown = CliRunner().invoke(app, ["adapter", "show", "GetCustomer", "--adapter", str(tmp_path / "lumen_one")])
    assert "Customer.status <- st: string?" in shown.output  # a sampled code is no refusal there
    assert "'ResultDesc'" in shown.output


def test_a_list_that_comes_in_pages_is_asked_to_its_end(tmp_path: Path) -> None:
    """Its first page was taken for all there is."""
    files = made(tmp_path, "lumen_two", LUMEN, "--port", "CustomerPort")
    assert "asks = mapping.find_customers_next(asks, reply.body)" in files["adapter.py"]
    assert 'if not body["moreRows"]:\n        return None' in files["mapping.py"]
    assert 'return {**asked, "cursor": body["nextCursor"]}  # guessed' in files["mapping.py"]
    assert '"moreRows": False' in files["simulator.py"]


def test_how_the_next_page_is_asked_for_is_left_to_do_where_no_mark_tells(tmp_path: Path) -> None:
    files = made(tmp_path, "meridia_one", MERIDIA, "--port", "BillPort")
    assert "def bills_next(asked: Record, body: Record) -> Record | None:" in files["mapping.py"]
    assert 'return todo("QueryAcctInvoice: what is asked for the next page?", asked, body)' in files["mapping.py"]


def test_one_name_for_two_ids_is_told_apart_in_the_rows(tmp_path: Path) -> None:
    """JAX-WS calls whatever comes first arg0: rows of a subscription were none of its customer's."""
    files = made(tmp_path, "nordal_one", NORDAL, "--port", "InventoryPort")
    assert (
        'made.lists("findByCustomer", ("return",), subscriptions, by=("arg0", "customer_id"))' in files["simulator.py"]
    )
    simulated = Generated(contract := SoapContract.load(NORDAL))
    rows = Rows({"id": 401, "customer_id": "101"}, {"id": 402, "customer_id": "102"})
    simulated.lists("findByCustomer", ("return",), rows, by=("arg0", "customer_id"))
    simulated.gives("loadSubscription", ("return",), rows, by=("arg0", "id"))
    handle = {name: each.handle for name, each in simulated.operations().items()}
    for asked, found in (("101", 401), ("102", 402)):
        request = Request("findByCustomer", {"arg0": asked, "arg1": False}, {}, None, Ledger(FakeClock()))
        [row] = handle["findByCustomer"](request).body["return"]
        assert row["id"] == found
    request = Request("loadSubscription", {"arg0": 402}, {}, None, Ledger(FakeClock()))
    answer = handle["loadSubscription"](request)
    assert (
        contract.read("loadSubscription", contract.write_reply("loadSubscription", answer.body)).body["return"]["id"]
        == 402
    )


def test_lines_are_found_in_their_array_type() -> None:
    """ArrayOfItem { item[] }, as .NET and Axis wrap each list."""
    item = Part("item", "ItemBean", repeats=True, complex=True, parts=(Part("text", "string"),))
    array = Part("lineItems", "ArrayOfItemBean", required=False, complex=True, parts=(item,))
    [found] = [line for line in lines(Bill, Part("bill", "Bill", complex=True, parts=(array,)), ()) if line.nested]
    read = 'lines=tuple(bill_line(each) for each in (row["lineItems"] or {}).get("item") or []),'
    assert found.written("bill_line") == f"{read}  # guessed"


def test_a_table_of_messages_is_no_answer_of_rows_and_is_asked_first(tmp_path: Path) -> None:
    """SAP tells by RETURN how it went; its ID was taken for the offering's."""
    files = made(tmp_path, "zedler_one", ZEDLER, "--port", "CatalogPort")
    assert 'settled(body["RETURN"]["TYPE"])\n    return offering(body["E_TARIFF"])' in files["mapping.py"]
    assert 'for row in (body["T_TARIFF"] or {}).get("item", [])]' in files["mapping.py"]
    assert 'for each in (body["T_RETURN"] or {}).get("item", []):\n        settled(each["TYPE"])' in files["mapping.py"]


def test_an_unknown_id_is_answered_in_the_systems_own_way_wherever_that_stands() -> None:
    """Nothing of what was asked for stands beside it; the rest of a header is sampled."""
    for wsdl, operation, path, missing in (
        (MERIDIA, "QueryInvoiceDetail", "InvoiceNo", {"ResultHeader": {"ResultCode": "404"}}),
        (LUMEN, "GetCustomer", "custId", Answer({}, {"h": {"ResultCode": 404}})),
    ):
        contract = SoapContract.load(wsdl)
        simulated = Generated(contract, missing=lambda said=missing: said, says={"ResultCode": 0})
        simulated.gives(
            operation, ("cust",) if wsdl is LUMEN else ("QueryInvoiceDetailResult", "InvoiceInfo"), Rows({path: "1"})
        )
        answer = simulated.operations()[operation].handle(
            Request(operation, {path: "2"}, {}, None, Ledger(FakeClock()))
        )
        reply = contract.read(operation, contract.write_reply(operation, answer.body, answer.header))
        told = reply.header["h"] if wsdl is LUMEN else reply.body["ResultHeader"]
        assert str(told["ResultCode"]) == "404"
        assert reply.body.get("cust") is reply.body.get("QueryInvoiceDetailResult") is None


def test_a_write_is_never_sent_without_what_it_is_about(tmp_path: Path) -> None:
    files = made(tmp_path, "orbit_one", ORBIT, "--port", "BalancePort", "--serve", "top_up=create")
    assert 'return todo("create: what becomes of top_up?", top_up)' in files["mapping.py"]
    assert "mapping.top_up_reply(reply.body, top_up, self._clock.now())" in files["adapter.py"]


def test_a_simulator_says_how_it_went_in_the_systems_own_way() -> None:
    contract = SoapContract.load(FENWICK)
    simulated = Generated(contract, missing=lambda: {"outcome": {"rc": 404}}, says={"rc": 0})
    simulated.gives("RdPty", ("pty",), Rows({"ptyNo": "101"}))
    ledger = Ledger(FakeClock())
    answers = []
    for number in ("101", "999"):
        handled = simulated.operations()["RdPty"].handle(Request("RdPty", {"ptyNo": number}, {}, None, ledger))
        body = handled.body if isinstance(handled, Answer) else handled
        answers.append(contract.read("RdPty", contract.write_reply("RdPty", body)).body)
    assert [answer["outcome"]["rc"] for answer in answers] == [0, 404]
    assert [answer["pty"] and answer["pty"]["ptyNo"] for answer in answers] == ["101", None]


def test_a_look_up_is_asked_with_what_is_looked_for(tmp_path: Path) -> None:
    serves = ["--serve", "top_up=create", "--serve", "top_up_by_key=query"]
    files = made(tmp_path, "orbit_two", ORBIT, "--port", "BalancePort", *serves)
    assert 'todo("query.queryString: string <- ?", top_up)' in files["mapping.py"]
    assert "mapping.top_up_by_key_request(top_up)" in files["adapter.py"]


def test_an_order_brings_its_reference_its_lines_and_its_states(tmp_path: Path) -> None:
    """The reference is a purchase order's number, and has another name where the order is looked up."""
    serves = ["--serve", "cancel_order=CancelSalesOrder"]
    files = made(tmp_path, "borealis_one", BOREALIS, "--port", "OrderPort", *serves)
    assert '"CustomerPONumber": order.reference,' in files["mapping.py"]
    assert '"LineNumber": index,' in files["mapping.py"]
    assert "for index, line in enumerate(order.lines, 1)" in files["mapping.py"]
    assert '"Awaiting Shipping": WorkState.RUNNING,' in files["mapping.py"]
    assert 'orders = Works(("CustomerPONumber", "PONumber"), "SalesOrderId", there="1")' in files["simulator.py"]
    assert "except NotFound:\n            return None" in files["adapter.py"]


def test_a_write_that_answers_only_how_it_went_is_asked_too(tmp_path: Path) -> None:
    serves = ["--serve", "cancel_order=CancelSalesOrder"]
    files = made(tmp_path, "borealis_two", BOREALIS, "--port", "OrderPort", *serves)
    assert 'settled(body["Ok"])' in files["mapping.py"]
    assert "mapping.cancel_order_reply(reply.body)" in files["adapter.py"]
    assert 'settled(body["StatusCode"])' not in files["mapping.py"]
