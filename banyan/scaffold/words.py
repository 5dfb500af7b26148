"""Names taken apart into words, and how alike two of them are, in the language of billing."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from banyan.scaffold.short import SHORT, taken_apart, written_out

REFERRING = (
    "ref",
    "external",
    "correlation",
    "key",
    "externalid",
    "clientorder",
    "partnerorder",
    "requestid",
    "po",
    "transaction",
)
"""What a system calls the name that its caller gave a piece of work, the plainest first."""
CALLERS = frozenset({"ref", "reference", "external", "client", "partner", "correlation", "customer", "party", "po"})
"""Words of ids that are the caller's, or a person's, and not the system's own."""
_ABOUT = frozenset({"amount", "currency", "value", "fee", "price", "charge", "sum", "date", "time", "timestamp"})
_ABOUT |= frozenset({"type", "kind", "status", "state", "system"})
"""What the last word of a name says that is about a transaction, and is not its reference: `transactionAmount`."""
_SAME: tuple[tuple[str, ...], ...] = (
    ("id", "identifier", "number", "no", "code", "key", "reference", "ref", "num", "nr"),
    ("subscriber", "msisdn", "phone", "mobile", "mdn", "enduser", "user", "mobilenumber", "phonenumber", "imsi"),
    ("customer", "client", "party", "account", "subscriber", "user", "person", "accountholder"),
    ("account", "billingaccount", "acct", "contract"),
    ("bill", "invoice", "statement"),
    ("balance", "bucket", "wallet", "credit", "account", "counter", "allowance", "purse"),
    ("remaining", "balance", "amount", "value", "available", "left", "credit", "current", "units", "volume"),
    ("initial", "start", "opening", "granted", "total"),
    ("amount", "value", "sum", "charge", "price", "total", "sum"),
    ("price", "amount", "rate", "fee", "charge", "cost", "rental"),
    ("total", "amount", "sum", "due"),
    ("open", "outstanding", "due", "unpaid", "balance", "owing"),
    ("topup", "recharge", "refill", "reload", "replenish", "credit", "deposit", "load"),
    ("voucher", "pin", "scratch", "card", "coupon", "serial"),
    ("move", "moves", "history", "transaction", "movement", "event", "statement", "record", "activity", "log"),
    ("offering", "product", "offer", "plan", "tariff", "item", "catalog", "catalogue", "package", "bundle", "rateplan"),
    ("subscription", "service", "contract", "plan", "order", "product", "asset"),
    ("order", "subscribe", "purchase", "request", "job", "sale"),
    ("line", "item", "detail", "row", "charge"),
    ("service", "product", "resource", "facility"),
    ("activate", "provision", "enable", "create", "add"),
    ("deactivate", "terminate", "disable", "remove", "delete", "disconnect"),
    ("state", "status"),
    ("status", "state"),
    ("valid", "expiry", "expire", "expires", "expiration", "validity", "until", "end"),
    ("since", "start", "from", "begin", "activate", "effective", "created", "valid"),
    ("until", "end", "to", "termination", "expiry", "expiration"),
    ("at", "date", "time", "timestamp", "datetime", "on", "created"),
    ("issued", "date", "created", "billed", "generated"),
    ("name", "description", "title", "label", "designation"),
    ("given", "first", "forename"),
    ("family", "last", "surname"),
    ("email", "mail"),
    ("street", "address", "address1", "line1"),
    ("postcode", "zip", "postal", "zipcode"),
    ("organization", "company", "organisation", "business"),
    ("login", "user", "username", "account"),
    ("usage", "type", "kind", "category"),
    ("kind", "type", "category"),
    ("currency", "currencycode", "iso"),
    ("due", "payable", "deadline"),
    ("description", "text", "details", "name", "comment"),
    ("quantity", "count", "units", "number"),
    ("native", "transaction", "confirmation"),
    ("reference", *REFERRING),
)
READS = frozenset(
    [
        "get",
        "query",
        "retrieve",
        "find",
        "list",
        "read",
        "search",
        "fetch",
        "view",
        "show",
        "inquire",
        "inquiry",
        "describe",
        "lookup",
        "check",
        "select",
        "load",
    ]
)
CREATES = frozenset(
    [
        "create",
        "add",
        "new",
        "place",
        "submit",
        "open",
        "make",
        "insert",
        "register",
        "book",
        "order",
        "purchase",
        "subscribe",
    ]
)
CHANGES = frozenset(["update", "modify", "change", "set", "edit", "amend", "adjust", "replace", "save", "apply"])
ENDS = frozenset(
    ["delete", "cancel", "remove", "terminate", "close", "end", "stop", "deactivate", "disconnect", "void"]
)
VERBS = READS | CREATES | CHANGES | ENDS
_WHOLE = frozenset({"offset", "reset", "restart", "subset"})
"""Words that only look as if they were two."""
_KNOWN = frozenset(SHORT) | VERBS | _WHOLE | frozenset(word for group in _SAME for word in group)
_EMPTY = frozenset(
    [
        "by",
        "for",
        "of",
        "the",
        "a",
        "an",
        "all",
        "in",
        "with",
        "request",
        "response",
        "reply",
        "result",
        "results",
        "return",
        "info",
        "information",
        "details",
        "detail",
        "data",
        "ws",
        "dto",
        "type",
        "list",
    ]
)


@lru_cache(maxsize=8192)
def split(name: str) -> tuple[str, ...]:
    """`getUserInvoicesPage` -> get, user, invoice, page; `lstCustInv` -> list, customer, invoice."""
    return tuple(_singular(part) for part in written_out(_pieces(name)))


def written(name: str) -> str:
    """Which of its words were read as what: `crt = create, subs = subscription`; nothing where all are whole."""
    pieces = _pieces(name)
    read = {short: long for short, long in zip(pieces, written_out(pieces), strict=True) if short != long}
    return ", ".join(f"{short} = {long}" for short, long in read.items())


def _pieces(name: str) -> list[str]:
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return [piece for part in parts for piece in taken_apart(part.lower(), _KNOWN)]


def snake(name: str) -> str:
    """A Python name for it."""
    return "_".join(part.lower() for part in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+", name))


def content(name: str) -> frozenset[str]:
    """The words of a name that say something."""
    words = split(name)
    kept = {word for word in words if word not in _EMPTY}
    # "top up" and "e mail" are written apart as often as not.
    kept |= {a + b for a, b in pairwise(words)}
    return frozenset(kept)


@lru_cache(maxsize=8192)
def alike(ours: str, theirs: str) -> float:
    """From 0 (nothing in common) to 1 (the same word by word)."""
    if split(ours) == split(theirs):
        return 1.0
    if ours == "reference" and _ABOUT & set(split(theirs)[-1:]):
        return 0.0
    left, right = content(ours), content(theirs)
    mine = {word for word in split(ours) if word not in _EMPTY} or set(split(ours))
    if not mine or not right:
        return 0.0
    means = {word: frozenset({word}) if word in right else _synonyms(word) & right for word in mine}
    score = sum(1.0 if word in right else 0.7 if means[word] else 0.0 for word in mine)
    if score == 0.0 and left & right:
        score = 1.0
    said = frozenset().union(*means.values())
    said |= {word for pair in pairwise(split(theirs)) if "".join(pair) in said for word in pair}
    extra = len({word for word in split(theirs) if word not in _EMPTY} - mine - said)
    return max(0.0, min(score / len(mine) - 0.06 * extra, 0.99))


@lru_cache(maxsize=1024)
def _synonyms(word: str) -> frozenset[str]:
    return frozenset(other for group in _SAME if word in group[:1] for other in group)


def has(words: Iterable[str], name: str) -> bool:
    """Whether a name says one of these words, or one that means the same."""
    said = content(name)
    return any(word in said or _synonyms(word) & said for word in words)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word  # noqa: PLR2004
