"""What a real zuora once answered, captured by others, read by both versions of its contract that are at hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from banyan.soap import Reply, SoapContract, SoapFault
from banyan.soap.codec import Dialect
from tests.shared import shared

OPERATIONS = {
    "account_contacts_find_success": "query",
    "account_create_failure": "create",
    "account_create_success": "create",
    "account_delete_success": "delete",
    "account_find_success": "query",
    "account_query_multiple_success": "query",
    "account_update_success": "update",
    "contact_find_success": "query",
    "invalid_login": "login",
    "payment_method_ach_create_success": "create",
    "payment_method_ach_find_success": "query",
    "payment_method_credit_card_create_success": "create",
    "payment_method_credit_card_find_success": "query",
    "product_find_success": "query",
    "product_rate_plan_charge_create_success": "create",
    "product_rate_plan_charge_destroy_success": "delete",
    "product_rate_plan_charge_tier_find_success": "query",
    "product_rate_plan_charge_update_success": "update",
    "product_rate_plan_find_success": "query",
    "subscribe_request_failure": "subscribe",
    "subscribe_request_success": "subscribe",
    "valid_login": "login",
}
PACIFIC = timezone(timedelta(hours=-8))
Read = Callable[[str], Reply]


@pytest.fixture(scope="module")
def folder() -> Path:
    return shared("legacy/wsdl/zuora")


@pytest.fixture(scope="module", params=["38.0", "78.0"])
def contract(request: pytest.FixtureRequest, folder: Path) -> SoapContract:
    """The replies come in envelopes of SOAP 1.2, although the contract says 1.1."""
    return SoapContract.load(folder / f"zuora.a.{request.param}.wsdl", dialect=Dialect(envelope="either"))


@pytest.fixture
def read(contract: SoapContract, folder: Path) -> Read:
    return lambda name: contract.read(OPERATIONS[name], (folder / "fixtures" / f"{name}.xml").read_bytes())


def _records(reply: Reply) -> list[dict[str, Any]]:
    result = reply.body["result"]
    assert result["done"] is True
    assert result["queryLocator"] is None
    records: list[dict[str, Any]] = result["records"]
    assert result["size"] == len(records)
    return records


def _has(record: dict[str, Any], **values: Any) -> None:
    assert {name: record[name] for name in values} == values


def test_all_that_was_captured_is_read(read: Read, folder: Path) -> None:
    assert sorted(file.stem for file in (folder / "fixtures").glob("*.xml")) == sorted(OPERATIONS)
    results = [read(name).body["result"] for name in OPERATIONS if name != "invalid_login"]
    assert len(results) == 21
    assert all(results)


def test_a_refused_login_is_a_fault_with_its_own_code(read: Read) -> None:
    with pytest.raises(SoapFault) as refused:
        read("invalid_login")
    assert refused.value.code == "INVALID_VALUE"
    assert refused.value.message == "Invalid login. User name and password do not match."
    assert refused.value.detail is not None
    assert refused.value.detail.findtext(".//{http://fault.api.zuora.com/}FaultCode") == "INVALID_VALUE"


def test_a_login_gives_its_session(read: Read) -> None:
    result = read("valid_login").body["result"]
    _has(result, Session="session_key", ServerUrl="https://www.zuora.com/apps/services/a/36.0")


def test_a_business_error_stands_in_a_success(read: Read) -> None:
    (result,) = read("account_create_failure").body["result"]
    assert (result["Success"], result["Id"]) == (False, None)
    (error,) = result["Errors"]
    _has(error, Code="INVALID_VALUE", Message="The account number example-test-10 is invalid.")


def test_accounts_are_read_by_the_type_that_they_say(read: Read) -> None:
    first, second = _records(read("account_query_multiple_success"))
    _has(
        first,
        **{"@type": "Account"},
        Id="4028e488348752ce0134876a25867cb2",
        AccountNumber="test-1",
        AutoPay=False,
        Balance=Decimal(0),
        BillCycleDay=1,
        CreatedDate=datetime(2011, 12, 28, 17, 23, 27, tzinfo=PACIFIC),
        Currency="USD",
        PaymentTerm="Due Upon Receipt",
        fieldsToNull=[],
    )
    _has(second, Id="4028e4883491c509013492cd13e2455f", AccountNumber="testmebabe")
    assert isinstance(first["Balance"], Decimal)
    assert _records(read("account_find_success")) == [first]


def test_contacts_and_their_addresses(read: Read) -> None:
    (contact,) = _records(read("contact_find_success"))
    _has(
        contact,
        **{"@type": "Contact"},
        Id="4028e4873491cc770134972e75746e4c",
        AccountId="4028e488348752ce0134876a25867cb2",
        Address1="123 Testing Lane",
        City="Sunnyvale",
        LastName="Example",
        UpdatedDate=datetime(2012, 1, 1, 19, 38, 24, tzinfo=PACIFIC),
    )
    (short,) = _records(read("account_contacts_find_success"))
    _has(short, FirstName="Joe", LastName="Testing", City=None)


def test_payment_methods(read: Read) -> None:
    (ach,) = _records(read("payment_method_ach_find_success"))
    _has(
        ach,
        **{"@type": "PaymentMethod"},
        Id="4028e48734aa0ffc0134c53a22d829c3",
        AchAccountNumberMask="*****4321",
        Active=False,
        NumConsecutiveFailures=0,
        Type="ACH",
    )
    (card,) = _records(read("payment_method_credit_card_find_success"))
    _has(card, CreditCardExpirationMonth=9, CreditCardExpirationYear=2018, CreditCardMaskNumber="************1111")


def test_a_product_and_its_days(read: Read, contract: SoapContract) -> None:
    """They became dates in the later contract."""
    (product,) = _records(read("product_find_success"))
    _has(product, **{"@type": "Product"}, Name="API generated product", SKU="TEST_SKU")
    start, end = product["EffectiveStartDate"], product["EffectiveEndDate"]
    days = (date(2012, 1, 1), date(2012, 1, 15))
    if "queryMore" in contract.operations:
        assert (start, end) == days
    else:
        assert (start, end) == (datetime(2012, 1, 1), datetime(2012, 1, 15))  # noqa: DTZ001 - as zuora sent them
    (plan,) = _records(read("product_rate_plan_find_success"))
    _has(plan, ProductId="4028e4883491c50901349d061be06550", Description="It's Golden Baby!")


def test_tiers_keep_their_order_and_their_prices(read: Read) -> None:
    first, second = _records(read("product_rate_plan_charge_tier_find_success"))
    _has(first, **{"@type": "ProductRatePlanChargeTier"}, Currency="USD", EndingUnit=Decimal(10), Price=Decimal(0))
    _has(first, StartingUnit=Decimal(0), PriceFormat="Per Unit", Tier=1)
    _has(second, Id="4028e48834aa10a30134aaf7f40b313b", Tier=2)


def test_a_subscription_and_its_invoice(read: Read) -> None:
    (made,) = read("subscribe_request_success").body["result"]
    _has(
        made,
        AccountId="4028e48734aa0ffc0134c9fcd9a71d40",
        InvoiceId="4028e48834aa10a30134c9fce1016771",
        InvoiceNumber="INV00000002",
        SubscriptionNumber="Example Subscription 1",
        Success=True,
    )
    (failed,) = read("subscribe_request_failure").body["result"]
    _has(failed, AccountId=None, InvoiceId=None, SubscriptionId=None, Success=False)
    assert [error["Message"] for error in failed["Errors"]] == ["Initial Term should be greater than zero"]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("account_create_success", "4028e4873491cc7701349574bfcb6af6"),
        ("account_update_success", "4028e488348752ce0134876a25867cb2"),
        ("payment_method_ach_create_success", "4028e48834aa10a30134c534bca338a6"),
        ("payment_method_credit_card_create_success", "4028e48834aa10a30134c50f40901ea7"),
        ("product_rate_plan_charge_create_success", "4028e48834aa10a30134aaf7f40b3139"),
        ("product_rate_plan_charge_update_success", "4028e48834aa10a30134aaf7f40b3139"),
    ],
)
def test_what_was_made_tells_its_id(read: Read, name: str, id: str) -> None:
    (result,) = read(name).body["result"]
    _has(result, Id=id, Success=True, Errors=[])


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("account_delete_success", "4028e4873491cc7701349574bfcb6af6"),
        ("product_rate_plan_charge_destroy_success", "4028e48834aa10a30134aaf7f40b3139"),
    ],
)
def test_what_was_deleted_tells_its_id_in_small_letters(read: Read, name: str, id: str) -> None:
    (result,) = read(name).body["result"]
    _has(result, id=id, success=True, errors=[])
