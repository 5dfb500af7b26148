"""What the short names of telecom contracts are taken for, and that it is said why."""

from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

from banyan.scaffold.asked import methods
from banyan.scaffold.guess import choose, guesses, rank
from banyan.scaffold.words import split, written
from banyan.soap.survey import survey
from banyan.soap.vendor import gather
from gateway.cli import app

WSDLS = Path(__file__).parent / "wsdl"
SKAGEN = WSDLS / "skagen" / "SubsOrderMgmt.wsdl"
TARVOS = WSDLS / "tarvos" / "ProvGateway.wsdl"
FENWICK = WSDLS / "fenwick" / "crm.wsdl"
HALDEN = WSDLS / "halden" / "CareService.wsdl"
SERVED = {
    (SKAGEN, "OrderPort"): {
        "place_order": "crtSubsOrd",
        "order_state": "getSubOrdSt",
        "order_by_key": "qryOrdByExtRef",
    },
    (SKAGEN, "InventoryPort"): {"subscriptions": "lstCustSubs", "subscription": "getSubsDtls"},
    (TARVOS, "ProvisioningPort"): {
        "activate": "actSvc",
        "deactivate": "deactSvc",
        "activation_state": "inqSvcSt",
    },
    (TARVOS, "ServicePort"): {"services": "lstSvcByCust", "service": "inqSvc"},
    (FENWICK, "CustomerPort"): {"customer": "RdPty", "find_customers": "SrchPty", "accounts": "LstAcct"},
    (FENWICK, "BillPort"): {"bills": "LstInv", "bill": "RdInv"},
    (HALDEN, "CustomerPort"): {
        "customer": "CareServiceSoap.GetSubscriberById",
        "find_customers": "CareServiceSoap.SearchSubscribers",
        "accounts": "CareServiceSoap.GetAccountsForSubscriber",
    },
    (WSDLS / "meridia" / "ArServices.wsdl", "BillPort"): {"bills": "QueryAcctInvoice", "bill": "QueryInvoiceDetail"},
    (WSDLS / "nordal" / "SubscriptionService.wsdl", "InventoryPort"): {
        "subscriptions": "findByCustomer",
        "subscription": "loadSubscription",
    },
}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crtSubsOrd", "create subscription order"),
        ("QRY_CUST_BAL", "query customer balance"),
        ("gettxnhist", "get transaction history"),
        ("lstNm", "last name"),
        ("lstSvc", "list service"),
        ("offset", "offset"),
        ("getUserInvoicesPage", "get user invoice page"),
    ],
)
def test_names_are_taken_apart_and_written_out(name: str, words: str) -> None:
    assert " ".join(split(name)) == words


def test_it_is_said_what_an_abbreviation_was_read_as() -> None:
    assert written("crtSubsOrd") == "crt = create, subs = subscription, ord = order"
    assert written("createOrder") == ""


@pytest.mark.parametrize(("wsdl", "port"), SERVED, ids=[f"{wsdl.stem}-{port}" for wsdl, port in SERVED])
def test_short_names_are_known(wsdl: Path, port: str) -> None:
    assert choose([port], survey(gather(wsdl))) == SERVED[wsdl, port]


def test_an_operation_of_two_bindings_is_offered_once() -> None:
    offered = [each.operation for each in guesses(methods(("CustomerPort",))[0], survey(gather(HALDEN)))]
    assert offered[0] == "CareServiceSoap.GetSubscriberById"
    assert not [name for name in offered if name.startswith("CareServiceSoap12.")]


def test_ports_are_ranked_by_what_serves_them() -> None:
    likely = [port for port, score in rank(survey(gather(TARVOS))) if score > 0.7]
    assert {"ProvisioningPort", "ServicePort"} <= set(likely)
    assert "OrderPort" not in likely


def test_guesses_are_told_with_why(tmp_path: Path) -> None:
    words = ["adapter", "new", "skagen_one", "--wsdl", str(SKAGEN), "--yes", "--port", "OrderPort"]
    with chdir(tmp_path):
        ran = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert ran.exit_code == 0, ran.output
    assert "place_order <- crtSubsOrd  guessed: crt = create, subs = subscription, ord = order" in ran.output
    assert "--serve cancel_order=cnclSubsOrd" in ran.output
    made = (tmp_path / "skagen_one" / "skagen_one" / "mapping.py").read_text(encoding="utf-8")
    assert '"extRef": order.reference,' in made
    assert '"CMPL": WorkState.DONE,' in made
    simulator = (tmp_path / "skagen_one" / "skagen_one" / "simulator.py").read_text(encoding="utf-8")
    assert 'orders = Works("extRef", "ordNo", there="1")' in simulator
    assert 'made.makes("crtSubsOrd", orders, ordSt="CMPL")' in simulator


def test_a_port_that_was_not_named_is_told(tmp_path: Path) -> None:
    words = ["adapter", "new", "tarvos_one", "--wsdl", str(TARVOS), "--yes"]
    with chdir(tmp_path):
        ran = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert ran.exit_code == 0, ran.output
    assert "port ServicePort" in ran.output
    assert "likely too" in ran.output
    assert "auth session  guessed: login opens a session, and sessTkn carries it" in ran.output
    assert "ProvisioningPort" in ran.output
