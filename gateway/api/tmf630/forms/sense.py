"""What no schema can say of a body: amounts a currency can hold, periods that run forward, numbers that are dialled."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

_CHARGED = frozenset({"TMF654", "TMF666", "TMF676", "TMF678"})
"""APIs whose amounts are charged; elsewhere a price may be a rate."""
_AS_WRITTEN = frozenset({"TMF640", "TMF654", "TMF663", "TMF674", "TMF677", "TMF687"})
"""APIs whose official samples hold periods that run backwards or numbers nobody can dial; nothing here acts on them."""
_RATE = 9
_MINOR = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of the currencies that have not two of them (ISO 4217)."""
_CENTS = 2
_PAID = ("amount", "totalAmount", "taxAmount")


def nonsense(api: str, body: Any) -> list[str]:
    """What makes no sense in a body that its schema allows; the values themselves are never repeated."""
    return list(_found(api, body, ""))


def _found(api: str, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _found(api, item, f"{path}[{place}]")
    elif isinstance(value, dict):
        yield from _money(api, value, path)
        if api not in _AS_WRITTEN:
            yield from _period(value, path)
            yield from _numbers(value, path)
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                # Beyond a name of the contract's own alphabet nothing of the client's is repeated.
                shown = name if re.fullmatch(r"@?[A-Za-z]{1,60}", name) else "_"
                yield from _found(api, inner, f"{path}.{shown}" if path else shown)


def _money(api: str, value: Mapping[str, Any], path: str) -> Iterator[str]:
    unit, amount = value.get("unit"), value.get("value")
    if not isinstance(unit, str) or not re.fullmatch("[A-Z]{3}", unit) or isinstance(amount, bool):
        return
    if not isinstance(amount, int | Decimal):
        return
    most = _MINOR.get(unit, _CENTS) if api in _CHARGED else _RATE
    exponent = Decimal(amount).normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > most:
        yield f"{path}.value has more than {most} decimals"
    if api == "TMF676" and path.rpartition(".")[2] in _PAID and amount < 0:
        yield f"{path}.value must not be negative"


def _period(value: Mapping[str, Any], path: str) -> Iterator[str]:
    start, end = (_instant(value.get(name)) for name in ("startDateTime", "endDateTime"))
    if start is not None and end is not None and end < start:
        yield f"{path}.endDateTime lies before its startDateTime".lstrip(".")


def _numbers(value: Mapping[str, Any], path: str) -> Iterator[str]:
    """An attribute or a characteristic that is called MSISDN, IMSI or ICCID is one."""
    for name, written in value.items():
        yield from _number(name, written, path)
    if isinstance(value.get("name"), str):
        yield from _number(value["name"], value.get("value"), path)


def _number(name: str, written: Any, path: str) -> Iterator[str]:
    right = _DIALLED.get(name.lower())
    if right is not None and isinstance(written, str) and not right(written):
        yield f"{path or 'the body'} holds no valid {name.upper()}"


def _is_msisdn(written: str) -> bool:
    return re.fullmatch(r"\+?[1-9][0-9]{6,14}", written) is not None


def _is_imsi(written: str) -> bool:
    return re.fullmatch(r"[0-9]{15}", written) is not None


def _is_iccid(written: str) -> bool:
    """19 or 20 digits, the last one Luhn's."""
    if re.fullmatch(r"[0-9]{19,20}", written) is None:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(written)))
    return sum(sum(divmod(product, 10)) for product in doubled) % 10 == 0


_DIALLED: Mapping[str, Callable[[str], bool]] = {"msisdn": _is_msisdn, "imsi": _is_imsi, "iccid": _is_iccid}


def _instant(written: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else None
