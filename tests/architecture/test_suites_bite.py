"""Every law of the contract suites finds out at least one adapter that is wrong; a law that finds nobody is no law."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from blockbuster import BlockingError

from adapters.cdr_files.adapter import CdrFiles
from adapters.cdr_files.tests import test_contract as files
from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.tests import test_contract as billing
from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.tests import test_contract as network
from banyan import Garbled, Happened, NotFound, PortError, Rejected, Slice, TimedOut, Unavailable, suites
from banyan.model import WorkState
from banyan.ports import CatalogPort, OrderPort
from banyan.suites import BalanceContract, Fault, LineageContract
from tests.architecture import mutants as wrong
from tests.architecture.biting import tried

EMPTY: Slice[Any] = Slice([])


def floating(bill_or_line: Any) -> Any:
    """Money as a float, where a noun keeps it."""
    for name in ("price", "amount"):
        if (money := getattr(bill_or_line, name, None)) is not None:
            return replace(bill_or_line, **{name: replace(money, amount=float(money.amount))})
    return replace(bill_or_line, lines=tuple(floating(line) for line in bill_or_line.lines))


def naive(noun: Any, name: str) -> Any:
    return replace(noun, **{name: getattr(noun, name).replace(tzinfo=None)})


def somebody_else(noun: Any) -> Any:
    return replace(noun, customer_id="666")


B, N, F = Jbilling, Mtosi, CdrFiles
FOUND_OUT = (
    AssertionError,
    AttributeError,
    BlockingError,
    FileNotFoundError,
    PortError,
    ValueError,
    pytest.fail.Exception,
)
BITES: dict[str, list[tuple[type[Any], dict[str, Any]]]] = {
    # every adapter
    "test_it_answers_a_probe": [(wrong.Absent, {})],
    "test_its_capabilities_are_as_its_manifest_says": [
        (wrong.but(B, cancel_order=super(B, B).cancel_order), {}),
        (wrong.but(CatalogPort), {}),
    ],
    "test_what_it_is_said_to_lack_does_not_work": [(B, {"lacking": "order.lookup"})],
    "test_an_unanswered_write_can_be_settled": [(B, {"lacking": "order.lookup"})],
    # every adapter that calls a system
    "test_it_tells_how_it_failed": [
        (wrong.Silent, {"fault": Fault.LOST_ANSWER}),
        (wrong.trying_again(B, "probe"), {"fault": Fault.FAULT}),
        (wrong.claiming(B, "probe", Happened.UNKNOWN), {"fault": Fault.REFUSE}),
        (wrong.swallowing(B, "offerings", Garbled, EMPTY), {"fault": Fault.GARBAGE}),
        (wrong.trying_again(B, "offerings"), {"fault": Fault.FAULT_AS_200}),
        (wrong.claiming(B, "offering", Happened.NO), {"fault": Fault.LOST_ANSWER}),
        (wrong.swallowing(B, "offering", Garbled, None), {"fault": Fault.SWAP}),
        (wrong.swallowing(B, "customer", PortError, None), {"fault": Fault.LOGIN_PAGE}),
        (wrong.swallowing(B, "find_customers", PortError, EMPTY), {"fault": Fault.TRUNCATED}),
        (wrong.swallowing(B, "subscriptions", PortError, EMPTY), {"fault": Fault.EMPTY_200}),
        (wrong.swallowing(B, "bills", PortError, EMPTY), {"fault": Fault.WRONG_SCHEMA}),
        (wrong.swallowing(N, "services", PortError, EMPTY), {"fault": Fault.HTTP_503}),
    ],
    "test_no_value_is_believed_that_its_contract_forbids": [
        (wrong.swallowing(B, "customer", Garbled, None), {"fault": Fault.MISSING_ELEMENT}),
        (wrong.swallowing(B, "subscriptions", Garbled, EMPTY), {"fault": Fault.DECIMAL_COMMA}),
        (wrong.swallowing(N, "services", Garbled, EMPTY), {"fault": Fault.UNKNOWN_ENUMERATION}),
    ],
    "test_latin_1_is_read_as_what_it_says": [(wrong.Mojibake, {})],
    "test_nobody_waits_longer_than_the_call_allows": [
        (wrong.patient(B, "customer"), {"fault": Fault.DELAY}),
        (wrong.patient(B, "offering"), {"fault": Fault.SLOW_DRIP}),
    ],
    "test_nothing_is_sent_after_the_deadline": [
        (wrong.claiming(N, "activate", Happened.UNKNOWN), {}),
        (wrong.swallowing(N, "activate", TimedOut, None), {}),
    ],
    "test_each_attempt_has_one_span": [(wrong.Silent, {}), (wrong.Untraced, {})],
    "test_it_calls_as_often_as_budgeted": [(wrong.twice(B, "customer"), {}), (wrong.never(B, "accounts", []), {})],
    "test_what_it_answers_is_exact": [
        (wrong.answering(B, "offering", floating), {}),
        (wrong.answering(B, "subscriptions", wrong.each(lambda it: naive(it, "since"))), {}),
        (wrong.answering(N, "activate", lambda it: naive(it, "accepted")), {}),
    ],
    "test_nothing_blocks_the_loop": [(wrong.sleeping(B, "customer"), {}), (wrong.sleeping(N, "activate"), {})],
    "test_twenty_calls_at_once_are_not_mixed": [(wrong.mixing(B, "customer"), {}), (wrong.mixing(B, "offering"), {})],
    "test_no_secret_is_told": [(wrong.logging_it(B), {}), (wrong.Traced, {}), (wrong.Quoting, {})],
    # catalog
    "test_a_known_offering_is_found": [(wrong.answering(B, "offering", floating), {})],
    "test_an_unknown_offering_is_not_found": [(wrong.swallowing(B, "offering", NotFound, None), {})],
    "test_pages_of_offerings_join": [(wrong.first_page_again(B, "offerings"), {})],
    # customers
    "test_a_known_customer_is_found": [(wrong.answering(B, "customer", lambda it: replace(it, login=None)), {})],
    "test_an_unknown_customer_is_not_found": [(wrong.swallowing(B, "customer", NotFound, None), {})],
    "test_a_condition_counts_only_when_it_was_applied": [(wrong.NothingApplied, {})],
    "test_pages_of_customers_join": [(wrong.first_page_again(B, "find_customers"), {})],
    "test_accounts_belong_to_their_customer": [
        (wrong.answering(B, "accounts", lambda found: [somebody_else(each) for each in found]), {}),
        (wrong.never(B, "accounts", []), {}),
    ],
    # what runs in billing
    "test_a_listed_subscription_is_found": [
        (wrong.never(B, "subscriptions", EMPTY), {}),
        (wrong.answering(B, "subscriptions", wrong.each(lambda it: naive(it, "since"))), {}),
        (wrong.answering(B, "subscriptions", wrong.each(floating)), {}),
        (wrong.answering(B, "subscriptions", wrong.each(somebody_else)), {}),
        (wrong.answering(B, "subscription", lambda it: replace(it, lines=())), {}),
    ],
    "test_an_unknown_subscription_is_not_found": [(wrong.swallowing(B, "subscription", NotFound, None), {})],
    "test_subscriptions_asked_for_at_once_are_not_mixed": [(wrong.mixing(B, "subscription"), {})],
    "test_pages_of_subscriptions_join": [(wrong.first_page_again(B, "subscriptions"), {})],
    # orders
    "test_a_placed_order_is_found_by_both_its_names": [
        (wrong.twice(B, "place_order"), {}),
        (wrong.never(B, "order_by_key", None), {}),
        (wrong.answering(B, "place_order", lambda it: naive(it, "accepted")), {}),
        (wrong.answering(B, "order_state", lambda it: replace(it, state=WorkState.RUNNING)), {}),
    ],
    "test_an_order_never_placed_is_not_found": [
        (wrong.swallowing(B, "order_state", NotFound, None), {}),
        (wrong.never(B, "order_by_key", SimpleNamespace(native_id="1")), {}),
    ],
    "test_an_order_whose_answer_was_lost_is_found_once": [
        (wrong.DoubleBooking, {"fault": Fault.LOST_ANSWER}),
        (wrong.claiming(B, "place_order", Happened.NO), {"fault": Fault.GARBAGE}),
        (wrong.never(B, "order_by_key", None), {"fault": Fault.SWAP}),
    ],
    "test_an_order_that_was_not_taken_is_not_found": [
        (wrong.trying_again(B, "place_order"), {"fault": Fault.REFUSE}),
        (wrong.claiming(B, "place_order", Happened.UNKNOWN), {"fault": Fault.REFUSE}),
        (wrong.swallowing(B, "place_order", Unavailable, None), {"fault": Fault.FAULT}),
    ],
    "test_whatever_fails_after_the_order_was_sent_leaves_it_in_doubt": [
        (wrong.claiming(B, "place_order", Happened.NO), {"fault": Fault.REFUSE}),
        (wrong.trying_again(B, "place_order"), {"fault": Fault.FAULT}),
    ],
    "test_a_look_up_tells_how_it_failed": [
        (wrong.swallowing(B, "order_by_key", PortError, None), {"fault": Fault.GARBAGE})
    ],
    "test_cancelling_twice_cancels_once": [
        (wrong.never(B, "cancel_order", None), {}),
        (wrong.answering(B, "order_state", lambda it: replace(it, state=WorkState.DONE)), {}),
    ],
    "test_orders_placed_at_once_are_not_mixed": [(wrong.mixing(B, "place_order"), {})],
    # bills
    "test_a_listed_bill_is_found": [
        (wrong.never(B, "bills", EMPTY), {}),
        (wrong.answering(B, "bills", wrong.each(floating)), {}),
        (wrong.answering(B, "bills", wrong.each(lambda it: naive(it, "issued"))), {}),
        (wrong.answering(B, "bills", wrong.each(lambda it: replace(it, lines=it.lines[:-1]))), {}),
        (wrong.answering(B, "bills", wrong.each(lambda it: replace(it, account_id="666"))), {}),
    ],
    "test_bills_come_newest_first": [
        (wrong.answering(B, "bills", lambda found: replace(found, items=found.items[::-1])), {})
    ],
    "test_an_unknown_bill_is_not_found": [(wrong.swallowing(B, "bill", NotFound, None), {})],
    "test_bills_asked_for_at_once_are_not_mixed": [(wrong.mixing(B, "bill"), {})],
    "test_pages_of_bills_join": [(wrong.first_page_again(B, "bills"), {})],
    "test_nothing_is_billed_twice": [(wrong.never(B, "bill_now", [SimpleNamespace()]), {})],
    # activation
    "test_what_was_activated_is_done": [
        (wrong.answering(N, "activate", lambda it: replace(it, native_id="CFS-1")), {}),
        (wrong.answering(N, "activate", lambda it: naive(it, "accepted")), {}),
        (wrong.answering(N, "activation_state", lambda it: replace(it, state=WorkState.RUNNING)), {}),
    ],
    "test_activating_twice_activates_once": [(wrong.Stubborn, {})],
    "test_a_repeat_makes_good_what_failed": [
        (wrong.trying_again(N, "activate"), {"fault": Fault.FAULT}),
        (wrong.claiming(N, "activate", Happened.NO), {"fault": Fault.LOST_ANSWER}),
        (wrong.Forgetful, {"fault": Fault.LOST_ANSWER}),
    ],
    "test_a_reference_names_one_service": [(wrong.AnyState, {}), (wrong.telling(N, "activate", Rejected), {})],
    "test_an_assigned_number_is_told_again": [(wrong.Forgetful, {})],
    "test_a_number_in_use_is_refused": [(wrong.AnyState, {}), (wrong.telling(N, "activate", Garbled), {})],
    "test_a_service_waits_for_the_one_it_relies_on": [(wrong.telling(N, "activate", Garbled), {})],
    "test_modifying_twice_modifies_once": [(wrong.never(N, "modify", SimpleNamespace(facts={"colour": "blue"})), {})],
    "test_deactivating_twice_deactivates_once": [(wrong.never(N, "deactivate", None), {})],
    "test_what_nobody_activated_is_not_found": [
        (wrong.swallowing(N, "activation_state", NotFound, None), {}),
        (wrong.swallowing(N, "deactivate", NotFound, None), {}),
    ],
    "test_what_nobody_activated_is_not_modified": [(wrong.swallowing(N, "modify", NotFound, None), {})],
    "test_a_state_tells_how_it_failed": [
        (wrong.swallowing(N, "activation_state", PortError, None), {"fault": Fault.SWAP})
    ],
    "test_activations_made_at_once_are_not_mixed": [(wrong.mixing(N, "activate"), {})],
    # what runs in the network
    "test_a_customer_has_services": [
        (wrong.answering(N, "services", wrong.each(somebody_else)), {}),
        (wrong.answering(N, "services", wrong.each(lambda it: replace(it, state="ACTIVE"))), {}),
        (wrong.never(N, "services", EMPTY), {}),
    ],
    "test_a_service_is_found_by_its_id": [(wrong.answering(N, "service", somebody_else), {})],
    "test_pages_of_services_join_without_gaps": [
        (wrong.first_page_again(N, "services"), {}),
        (wrong.answering(N, "services", lambda found: replace(found, total=len(found.items))), {}),
    ],
    "test_an_unknown_service_is_not_found": [(wrong.swallowing(N, "service", NotFound, None), {})],
    "test_a_customer_may_have_no_service": [
        (wrong.answering(N, "services", lambda found: replace(found, items=[*found.items, None])), {})
    ],
    # usage files
    "test_a_file_that_is_renamed_in_waits_at_once": [(wrong.never(F, "waiting", []), {}), (wrong.Hasty, {})],
    "test_a_marker_makes_a_file_complete": [(wrong.Hasty, {}), (wrong.never(F, "waiting", []), {})],
    "test_rows_are_numbered_whatever_ends_a_line": [(wrong.Keyless, {"end": b"\r\n", "final": False})],
    "test_an_unreadable_row_says_why_and_costs_no_other": [(wrong.Skipping, {}), (wrong.Keyless, {})],
    "test_a_settled_file_is_gone_and_settling_twice_is_harmless": [(wrong.Careless, {})],
    "test_no_name_leads_out_of_the_folder": [(wrong.Careless, {})],
}
LAWS = {
    name: (suite, law)
    for suite in (getattr(suites, name) for name in suites.__all__ if name.endswith("Contract"))
    # They are bitten in test_lineage_bites.py and test_balance_bites.py.
    if suite not in (LineageContract, BalanceContract)
    for name, law in vars(suite).items()
    if name.startswith("test_")
}
CASES = [(law, number) for law, mutants in BITES.items() for number in range(len(mutants))]


def test_every_law_bites_somebody() -> None:
    assert set(LAWS) == set(BITES)


def stated_by(law: str, adapter_class: type[Any], folder: Path, lacking: str | None = None) -> type[Any]:
    """The facts of the adapter's own test class, with this adapter in place of the right one."""
    right: type[Any] = billing.TestJbilling
    changed: dict[str, Any] = {"adapter_class": adapter_class}
    if issubclass(adapter_class, Mtosi):
        right = network.TestMtosi
    if issubclass(adapter_class, CdrFiles):
        right = files.TestBanyanLayout
        changed["clock_of"] = files.Noon
    if lacking is not None:
        said = right.manifest.read_text(encoding="utf-8")
        changed["manifest"] = folder / "manifest.toml"
        gap = f'"{lacking}" = {{ support = "absent", why = "no such operation" }}'
        changed["manifest"].write_text(said.replace(f'"{lacking}" = "full"', gap), encoding="utf-8")
    assert issubclass(right, LAWS[law][0])
    return type(right.__name__, (right,), changed)


RIGHT: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "test_what_it_is_said_to_lack_does_not_work": (
        wrong.but(B, order_by_key=OrderPort.order_by_key),
        {"lacking": "order.lookup"},
    ),
    "test_an_unanswered_write_can_be_settled": (B, {}),
    "test_no_value_is_believed_that_its_contract_forbids": (B, {"fault": Fault.MISSING_ELEMENT}),
}
"""Where it is not simply the right adapter under the arguments of the first mutant."""


@pytest.mark.parametrize("law", BITES)
async def test_who_is_right_passes(law: str, tmp_path: Path, recorded_spans: Any) -> None:
    wrong_class, arguments = BITES[law][0]
    right = next((base for base in (Jbilling, Mtosi, CdrFiles) if issubclass(wrong_class, base)), Jbilling)
    right, arguments = RIGHT.get(law, (right, arguments))
    facts = stated_by(law, right, tmp_path, arguments.get("lacking"))
    await tried(law, facts, arguments, tmp_path, recorded_spans)


@pytest.mark.parametrize(("law", "number"), CASES)
async def test_who_is_wrong_is_found_out(law: str, number: int, tmp_path: Path, recorded_spans: Any) -> None:
    wrong_class, arguments = BITES[law][number]
    facts = stated_by(law, wrong_class, tmp_path, arguments.get("lacking"))
    try:
        await tried(law, facts, arguments, tmp_path, recorded_spans)
    except FOUND_OUT:
        return
    raise LookupError(f"{law} finds nothing wrong with mutant {number}")
