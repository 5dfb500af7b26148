"""What a scaffold writes for orders, top-ups and activations: nothing is sent for what it is not, no refusal missed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from banyan.scaffold.asked import methods
from banyan.scaffold.compose import compose
from banyan.scaffold.guess import choose, rank
from banyan.scaffold.refusals import outcome
from banyan.scaffold.top_ups import top_ups
from banyan.scaffold.words import alike
from banyan.scaffold.works import works
from banyan.soap.survey import Operation, Part, survey
from banyan.soap.vendor import gather

WSDLS = Path(__file__).parent / "wsdl"
INCA = WSDLS / "inca" / "ocs.wsdl"
VESPA = WSDLS / "vespa" / "refill.wsdl"
CORDOBA = WSDLS / "cordoba" / "orders.wsdl"
HEXA = WSDLS / "hexa" / "mml.wsdl"


def remembered(wsdl: Path, port: str, serves: Mapping[str, str]) -> list[str]:
    """What the simulator is told of work."""
    seen = survey(gather(wsdl))
    chosen = choose((port,), seen, serves)
    serving = {method: seen.operations[operation] for method, operation in chosen.items()}
    asked = methods((port,))
    made = compose(asked, chosen, seen)
    works_ = [*works(asked, serving, made, None), *top_ups(asked, serving, made)]
    return [line for each in works_ for line in (f"{each.variable} = Works({each.known_by})", *each.uses)]


def mapping(wsdl: Path, port: str, serves: Mapping[str, str]) -> dict[str, str]:
    """The bodies of the functions of mapping.py."""
    seen = survey(gather(wsdl))
    made = compose(methods((port,)), choose((port,), seen, serves), seen)
    return {each.name: "\n".join(each.body) for each in made.functions}


@pytest.mark.parametrize(
    "name", ["transactionAmount", "transactionCurrency", "txnDate", "referenceType", "externalSystem"]
)
def test_what_is_about_a_transaction_is_not_its_reference(name: str) -> None:
    assert alike("reference", name) == 0
    assert alike("reference", "originTransactionID") > 0.5


def test_an_amount_is_the_amount_and_a_currency_is_its_currency() -> None:
    request = mapping(VESPA, "BalancePort", {"top_up": "refill"})["top_up_request"]
    assert '"transactionAmount": str(needed(top_up.amount, "amount").amount)' in request
    assert '"transactionCurrency": needed(top_up.amount, "amount").currency,  # guessed' in request
    assert request.count("top_up.reference") == 1


def test_the_unit_of_an_amount_is_asked() -> None:
    request = mapping(INCA, "BalancePort", {"top_up": "Recharge"})["top_up_request"]
    assert 'todo("Recharge.RechargeAmount: long <- top_up.amount, in which unit?")' in request


def test_how_it_went_is_looked_at_in_a_header_too() -> None:
    made = mapping(INCA, "BalancePort", {"top_up": "Recharge"})
    assert 'settled(body["ResultHeader"]["ResultCode"])' in made["top_up_reply"]
    assert 'native_id=body["RechargeResult"]["RechargeSerialNo"]' in made["top_up_reply"]


def test_a_date_does_not_tell_how_it_went() -> None:
    made = mapping(CORDOBA, "OrderPort", {"cancel_order": "CancelCustomerOrder"})
    assert "settled" not in made


def test_our_own_reference_is_no_number_of_theirs() -> None:
    made = mapping(VESPA, "BalancePort", {"top_up": "refill"})
    assert "originTransactionID" not in made["top_up_reply"]
    assert "responseCode" not in made["top_up_reply"].split("Receipt(")[1]


def test_neither_a_session_nor_a_command_is_a_reference() -> None:
    serves = dict.fromkeys(("activate", "deactivate", "activation_state"), "execute")
    made = mapping(HEXA, "ProvisioningPort", serves)
    assert '"sessionRef"' not in made["activate_request"]
    assert '"command": todo(' in made["activation_state_request"]


def test_a_write_that_is_named_brings_its_look_up() -> None:
    assert choose(("BalancePort",), survey(gather(INCA)), {"top_up": "Recharge"})["top_up_by_key"] == "QueryRechargeLog"


def test_top_ups_and_vouchers_are_remembered() -> None:
    first, *uses = remembered(VESPA, "BalancePort", {"top_up": "refill", "redeem": "voucherRefill"})
    assert first.startswith('top_ups = Works("originTransactionID", "transactionID", whose="subscriberNumber", empty=(')
    assert uses == [
        'tops_up("refill", top_ups, buckets, "transactionAmount", "dedicatedAccountValue1")',
        'redeems("voucherRefill", top_ups, buckets, "voucherActivationCode", "dedicatedAccountValue1", {"good": 5})',
        'lists("getRefillHistory", ("return", "records", "record",), top_ups, silent=True)',
    ]


def test_a_receipt_names_one_number_whoever_tells_it() -> None:
    made = mapping(VESPA, "BalancePort", {"top_up": "refill"})
    assert "native_id=top_up.reference," in made["top_up_reply"]
    assert "native_id=top_up.reference," in made["top_up_by_key_reply"]


def test_one_operation_for_everything_is_told_apart_and_asked_for_our_reference() -> None:
    serves = dict.fromkeys(("activate", "deactivate", "activation_state"), "execute")
    request = mapping(HEXA, "ProvisioningPort", serves)["activate_request"]
    assert (
        '"name": todo("execute.params: under which name goes our reference?"), "value": activation.reference' in request
    )
    first, *uses = remembered(HEXA, "ProvisioningPort", serves)
    assert "which name carries our reference?" in first
    assert all('when=("command", todo(' in use for use in uses)


def test_a_write_that_cannot_be_found_again_is_marked() -> None:
    request = mapping(INCA, "BalancePort", {"top_up": "AdjustAccount"})["top_up_request"]
    assert request.endswith("# guessed: no part of it is for our reference, by which it could be found again")


def test_who_takes_orders_is_no_inventory() -> None:
    assert rank(survey(gather(CORDOBA)))[0][0] == "OrderPort"


@pytest.mark.parametrize(
    ("part", "done"),
    [
        (Part("status", "string", values=("FAILED", "OK")), '"OK"'),
        (Part("cancelReturn", "boolean"), "True"),
        (Part("status", "string", values=("OK", "PENDING", "CANCELLED")), None),
        (Part("resultCodeDate", "dateTime"), None),
    ],
)
def test_what_a_reply_says_after_success(part: Part, done: str | None) -> None:
    answers = Part("", "Reply", parts=(part,), complex=True)
    found = outcome(Operation("op", "", "1.1", "document", "", Part("", "Request"), answers))
    assert (None if found is None else found.done) == done
