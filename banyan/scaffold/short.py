"""The abbreviations of telecom contracts, written out: `crtSubsOrd` is create, subscription, order."""

from collections.abc import Sequence
from functools import lru_cache

SHORT = {
    "acc": "account",
    "acct": "account",
    "accts": "account",
    "act": "activate",
    "actn": "action",
    "actv": "active",
    "addr": "address",
    "amt": "amount",
    "auth": "authenticate",
    "bal": "balance",
    "bals": "balance",
    "bil": "bill",
    "canc": "cancel",
    "ccy": "currency",
    "cd": "code",
    "chg": "change",
    "chk": "check",
    "chnl": "channel",
    "chng": "change",
    "chrg": "charge",
    "clnt": "client",
    "cncl": "cancel",
    "cnl": "cancel",
    "crd": "credit",
    "cre": "create",
    "crt": "create",
    "ctr": "contract",
    "cur": "currency",
    "curr": "currency",
    "cust": "customer",
    "custs": "customer",
    "cxl": "cancel",
    "dea": "deactivate",
    "deact": "deactivate",
    "del": "delete",
    "desc": "description",
    "descr": "description",
    "dsc": "description",
    "dscnt": "discount",
    "dt": "date",
    "dtl": "detail",
    "dtls": "detail",
    "dtm": "datetime",
    "dttm": "datetime",
    "eff": "effective",
    "eml": "email",
    "exp": "expiry",
    "expr": "expiry",
    "ext": "external",
    "fnd": "find",
    "frst": "first",
    "fst": "first",
    "hist": "history",
    "hst": "history",
    "info": "information",
    "inq": "inquire",
    "inqr": "inquire",
    "invc": "invoice",
    "itm": "item",
    "itms": "item",
    "lgn": "login",
    "lgo": "logout",
    "lst": "list",
    "mod": "modify",
    "mth": "month",
    "mthly": "monthly",
    "nm": "name",
    "nmb": "number",
    "nme": "name",
    "nmbr": "number",
    "nbr": "number",
    "off": "offering",
    "offr": "offering",
    "ofr": "offering",
    "opn": "open",
    "ord": "order",
    "ords": "order",
    "pkg": "package",
    "plc": "place",
    "pln": "plan",
    "prc": "price",
    "prd": "product",
    "prds": "product",
    "prod": "product",
    "prods": "product",
    "prov": "provision",
    "prvsn": "provision",
    "prv": "provision",
    "pty": "party",
    "qry": "query",
    "qty": "quantity",
    "rchg": "recharge",
    "rd": "read",
    "rem": "remaining",
    "req": "request",
    "res": "resource",
    "rmv": "remove",
    "rsn": "reason",
    "rslt": "result",
    "rsp": "response",
    "rtrv": "retrieve",
    "rtv": "retrieve",
    "sbmt": "submit",
    "sess": "session",
    "srch": "search",
    "srv": "service",
    "st": "state",
    "stat": "status",
    "strt": "start",
    "sts": "status",
    "sub": "subscriber",
    "subs": "subscription",
    "subscr": "subscription",
    "svc": "service",
    "svcs": "service",
    "tkn": "token",
    "tot": "total",
    "trf": "tariff",
    "trm": "terminate",
    "trmn": "terminate",
    "trn": "transaction",
    "trx": "transaction",
    "trxn": "transaction",
    "txn": "transaction",
    "txns": "transaction",
    "typ": "type",
    "upd": "update",
    "updt": "update",
    "usg": "usage",
    "vld": "valid",
}
"""Words that are whole and short themselves (`no`, `ref`, `msg`, `pwd`) are not here: they are known as they are."""
_NAMES = frozenset({"name", "nm", "nme"})
_WITHIN = 3
"""Letters of the shortest word that is looked for inside another."""


def written_out(parts: Sequence[str]) -> list[str]:
    """The words of a name, in small letters, without abbreviations. `lst` is a list, except in a person's `lstNm`."""
    last = {at for at, after in enumerate(parts[1:]) if parts[at] == "lst" and after in _NAMES}
    return ["last" if at in last else SHORT.get(part, part) for at, part in enumerate(parts)]


@lru_cache(maxsize=4096)
def taken_apart(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """`custinq` -> cust, inq: a word that nobody knows, in as few as it takes of those that are known; else itself."""
    if word in known or len(word) < 2 * _WITHIN:
        return (word,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 16), end - 1):
            piece = word[start:end]
            whole = piece in known and (len(piece) >= _WITHIN or end == len(word))
            if start in best and whole and (end not in best or len(best[start]) + 1 < len(best[end])):
                best[end] = (*best[start], piece)
    return best.get(len(word), (word,))
