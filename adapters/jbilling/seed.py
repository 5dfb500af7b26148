"""What the simulated jBilling holds when it starts: a small operator's price list, customers, orders and invoices."""

from datetime import datetime
from decimal import Decimal
from typing import Any

EUR = 3
DISCOUNT_ITEM = 900
MONTHLY = 2
GB = 10**9

ITEMS: tuple[tuple[int, str, str, str, dict[str, str]], ...] = (
    (201, "RP_MOB10", "Mobile Start", "9.99", {"provisioningCode": "mobile-line"}),
    (202, "RP_MOB20", "Mobile Classic", "20.00", {"provisioningCode": "mobile-line"}),
    (203, "RP_MOB25", "Mobile Plus", "25.00", {"provisioningCode": "mobile-line"}),
    (301, "AO_D1", "Data 1 GB", "3.33", {"provisioningCode": "data-pack", "gigabytes": "1"}),
    (302, "AO_D5", "Data 5 GB", "10.00", {"provisioningCode": "data-pack", "gigabytes": "5"}),
    (303, "AO_D20", "Data 20 GB", "15.00", {"provisioningCode": "data-pack", "gigabytes": "20"}),
    (304, "AO_D50", "Data 50 GB", "19.99", {"provisioningCode": "data-pack", "gigabytes": "50"}),
    (305, "AO_D100", "Data 100 GB", "25.00", {"provisioningCode": "data-pack", "gigabytes": "100"}),
    (
        401,
        "AO_V500",
        "Voice 500 minutes",
        "7.50",
        {
            "provisioningCode": "voice-pack",
            "requiresCode": "mobile-line",
            "allowanceAmount": "30000",
            "allowanceUnit": "seconds",
        },
    ),
    (
        402,
        "AO_SMS100",
        "100 messages",
        "2.49",
        {
            "provisioningCode": "message-pack",
            "requiresCode": "mobile-line",
            "allowanceAmount": "100",
            "allowanceUnit": "1",
        },
    ),
    (501, "AO_ROAM", "Roaming Europe", "4.99", {"provisioningCode": "roaming", "requiresCode": "mobile-line"}),
    (502, "AO_INS5", "Device insurance", "5.00", {}),
    (503, "AO_SIM2", "Extra SIM card", "4.99", {"provisioningCode": "extra-sim", "requiresCode": "mobile-line"}),
    (504, "AO_TV15", "Television", "15.00", {}),
    (601, "PL_FAM30", "Family Mobile", "29.90", {}),
    (602, "PL_D200", "Data 200 GB", "34.95", {}),
    (603, "PL_HOME", "Home Office", "9.90", {}),
    (DISCOUNT_ITEM, "FD_BND", "Bundle discount", "0.00", {}),
)

PLANS: tuple[tuple[int, int, str, dict[str, str], tuple[tuple[int, str], ...]], ...] = (
    (11, 601, "Family Mobile", {"provisioningCode": "mobile-line"}, ((401, "0.00"), (503, "2.50"))),
    (12, 602, "Data 200 GB", {"provisioningCode": "data-pack", "gigabytes": "200"}, ((501, "0.00"),)),
    (13, 603, "Home Office", {}, ((502, "3.00"), (504, "12.00"))),
)
"""Plan id, subscription item, name, meta fields, and the items that subscribers get at another price."""

USERS: tuple[tuple[int, int, str, dict[str, Any]], ...] = (
    (101, 1, "mlindqvist", {"firstName": "Maja", "lastName": "Lindqvist", "address1": "Lindenweg 4", "city": "Kiel"}),
    (102, 1, "t.okafor", {"firstName": "Tobe", "lastName": "Okafor", "address1": "Marktplatz 12", "city": "Jena"}),
    (103, 1, "ines.prado", {"firstName": "Inês", "lastName": "Prado", "address1": "Hafenstraße 31", "city": "Bremen"}),
    (104, 2, "jweiss", {"firstName": "Jürgen", "lastName": "Weiß", "address1": "Am Berg 7", "city": "Ulm"}),
    (105, 1, "nordwerk", {"organizationName": "Nordwerk GmbH", "address1": "Werftallee 2", "city": "Rostock"}),
    (106, 5, "sofia.marin", {"firstName": "Sofía", "lastName": "Marín", "address1": "Gartenstraße 9", "city": "Köln"}),
    (107, 1, "dkowalska", {"firstName": "Dorota", "lastName": "Kowalska", "address1": "Uferweg 18", "city": "Görlitz"}),
    (108, 1, "hfalk", {"firstName": "Henrik", "lastName": "Falk", "address1": "Schulgasse 3", "city": "Fulda"}),
)
POSTCODES = {"Kiel": "24103", "Jena": "07743", "Bremen": "28195", "Ulm": "89073", "Rostock": "18055"}
POSTCODES |= {"Köln": "50667", "Görlitz": "02826", "Fulda": "36037"}

ORDERS: tuple[tuple[int, int, datetime, tuple[int, ...], bool], ...] = (
    (1001, 101, datetime(2025, 3, 1), (201, 502), True),  # noqa: DTZ001 - jBilling's times have no zone
    (1002, 102, datetime(2025, 6, 15), (202, 303), True),  # noqa: DTZ001
    (1004, 102, datetime(2025, 7, 1), (401, 503), True),  # noqa: DTZ001
    (1003, 104, datetime(2025, 9, 1), (203,), True),  # noqa: DTZ001
)
"""Order id, user, start, items, and whether it is on an invoice (the invoice id is the order's plus 1000)."""


def items() -> dict[int, dict[str, Any]]:
    return {id: _item(id, number, name, price, meta) for id, number, name, price, meta in ITEMS}


def plans() -> dict[int, dict[str, Any]]:
    return {id: _plan(id, item, name, meta, affected) for id, item, name, meta, affected in PLANS}


def users() -> dict[int, dict[str, Any]]:
    return {id: _user(id, status, login, contact) for id, status, login, contact in USERS}


def meta_fields(values: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"dataType": "STRING", "disabled": False, "mandatory": False, "fieldName": name, "stringValue": value}
        for name, value in values.items()
    ]


def _plan(id: int, item: int, name: str, meta: dict[str, str], affected: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    return {
        "description": name,
        "id": id,
        "itemId": item,
        "metaFields": meta_fields(_stated(meta)),
        "periodId": MONTHLY,
        "planItems": [
            {
                "affectedItemId": other,
                "id": id * 100 + number,
                "itemId": item,
                "models": {"entry": [{"key": datetime(2025, 1, 1), "value": _rate(price)}]},  # noqa: DTZ001
                "precedence": -1,
            }
            for number, (other, price) in enumerate(affected, 1)
        ],
        "planSubscriptionItemId": item,
    }


def _item(id: int, number: str, name: str, price: str, meta: dict[str, str]) -> dict[str, Any]:
    return {
        "currencyId": EUR,
        "defaultPrice": _rate(price),
        "defaultPrices": {"entry": []},
        "deleted": 0,
        "description": name,
        "id": id,
        "metaFields": meta_fields(_stated(meta)),
        "number": number,
        "price": f"{price}00000000",
        "types": [1],
    }


def _stated(meta: dict[str, str]) -> dict[str, str]:
    """Data comes in gigabytes here, and in bytes over the wire."""
    if "gigabytes" not in meta:
        return meta
    return {
        "provisioningCode": meta["provisioningCode"],
        "requiresCode": "mobile-line",
        "allowanceAmount": str(int(meta["gigabytes"]) * GB),
        "allowanceUnit": "bytes",
    }


def _rate(price: str) -> dict[str, Any]:
    rate = {"attributes": {"entry": []}, "currencyId": EUR, "rate": f"{price}00000000", "type": "METERED"}
    return {**rate, "rateAsDecimal": Decimal(price)}


def _user(id: int, status: int, login: str, contact: dict[str, Any]) -> dict[str, Any]:
    return {
        "companyName": "Banyan Telecom",
        "contact": {
            **contact,
            "countryCode": "DE",
            "deleted": 0,
            "email": f"{login}@example.org",
            "phoneCountryCode": 49,
            "phoneAreaCode": 171,
            "phoneNumber": f"39200{id - 90}",
            "postalCode": POSTCODES.get(contact["city"], "10115"),
        },
        "createDatetime": datetime(2024, 5, 6, 8, 30),  # noqa: DTZ001 - jBilling's times have no zone
        "currencyId": EUR,
        "deleted": 0,
        "failedAttempts": 0,
        "status": "Active" if status == 1 else "Suspended",
        "statusId": status,
        "userId": id,
        "userName": login,
    }
