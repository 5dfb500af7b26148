"""Which operation may serve which method of a port: by the names, and by the shape of what goes in and comes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from banyan.scaffold.asked import SOAP_PORTS, Method, methods
from banyan.scaffold.states import report
from banyan.scaffold.words import CHANGES, CREATES, ENDS, READS, VERBS, alike, content, has, split, written
from banyan.soap.survey import Operation, Part, Survey

VAGUE = frozenset({"submit", "process", "execute", "perform", "handle", "send"})
"""Verbs that leave open what is done, where a part of the request says it."""
STATES = frozenset({"state", "status", "progress", "tracking"})
LOOK_UPS = {"place_order": "order_by_key", "top_up": "top_up_by_key", "redeem": "top_up_by_key"}
"""Which read tells whether a once-only write was done."""
_PLAIN = frozenset({"id", "identifier", "number", "no", "key", "code", "num", "nr"})
"""Words of `GetCustomerById` that only say by what it is asked."""
_PAGING = frozenset({"page", "pg", "limit", "offset", "size", "skip", "take", "max", "maximum", "cursor", "fetch"})
_FROM = frozenset({"first", "start", "after", "next", "count"})
"""Whole names by which a request says which slice of a list is wanted."""
LIKELY = 0.5
"""Above this a guess is offered as the default."""

_MEANT: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "buckets": (("balance", "bucket"), READS),
    "top_up": (("topup", "balance"), CREATES | CHANGES | frozenset({"recharge", "refill", "reload", "top"})),
    "redeem": (("voucher",), CREATES | CHANGES | frozenset({"redeem", "use"})),
    "top_up_by_key": (("topup", "move"), READS),
    "moves": (("move",), READS),
    "bills": (("bill",), READS),
    "bill": (("bill",), READS),
    "bill_now": (("bill",), CREATES),
    "offerings": (("offering",), READS),
    "offering": (("offering",), READS),
    "customer": (("customer",), READS),
    "find_customers": (("customer",), READS),
    "accounts": (("account", "customer"), READS),
    "subscriptions": (("subscription",), READS),
    "subscription": (("subscription",), READS),
    "place_order": (("order",), CREATES),
    "order_state": (("order",), READS),
    "order_by_key": (("order",), READS),
    "cancel_order": (("order",), ENDS),
    "activate": (("activate", "service", "provision"), CREATES | frozenset({"activate", "provision", "enable"})),
    "modify": (("service", "provision", "activate"), CHANGES),
    "deactivate": (("deactivate", "service", "provision"), ENDS | frozenset({"disable", "deprovision"})),
    "activation_state": (("service", "activate", "provision", "job", "task"), READS),
    "services": (("service",), READS),
    "service": (("service",), READS),
}
"""What a method is about, and the verbs for it. A method that is not here is judged by its own name."""


@dataclass(frozen=True, slots=True)
class Guess:
    operation: str
    score: float
    why: str = ""
    """Which of its words were read as what, where they are abbreviations."""


def guesses(method: Method, survey: Survey, most: int = 5) -> list[Guess]:
    """The operations that may serve a method, best first; of one that is bound to SOAP 1.1 and to 1.2, the first."""
    told: dict[tuple[str, ...], Guess] = {}
    for name, each in survey.operations.items():
        same = (each.local, each.asks.namespace, each.asks.name, each.answers.namespace, each.answers.name)
        if same not in told:
            told[same] = Guess(name, score(method, each), written(each.local))
    found = told.values()
    return sorted((each for each in found if each.score > 0), key=lambda each: -each.score)[:most]


def verbs(method: Method) -> frozenset[str]:
    """What an operation may be called by that does what the method does."""
    return _meant(method)[1]


def _meant(method: Method) -> tuple[tuple[str, ...], frozenset[str]]:
    own = ((method.name.split("_")[-1],), READS if method.semantics == "read" else CREATES)
    return _MEANT.get(method.name, own)


def score(method: Method, operation: Operation) -> float:
    """From 0 to somewhat above 1."""
    nouns, meant = _meant(method)
    words = split(operation.local)
    named = content(operation.local)
    about = _about(nouns, operation.local)
    if about is None and method.semantics == "read" and method.capability is None:  # findByCustomer finds what it gives
        given = _given(method, operation.answers)
        about = None if given is None else _about(nouns[:1], given.kind)
    if about is None:
        return 0.0
    said = 0.42 - 0.06 * about + (0.08 if any(noun in named for noun in nouns) else -0.04)
    told = {word for word in words if word in VERBS or word in meant}
    told = told - set(nouns) or told  # an order is a thing, and to order is a verb where nothing else is
    told = told - VAGUE or _actions(operation) or told
    reads = method.semantics != "read" and bool(told & READS)  # FindRecharges finds, whatever recharge means alone
    verb = 0.22 if meant & told and not reads else -0.25 if told else 0.0
    known = {word for noun in nouns for word in content(noun)} | VERBS | VAGUE
    known |= STATES if method.name.endswith("_state") else frozenset()
    extra = len([word for word in words if content(word) - _PLAIN and word not in known and not has(nouns, word)])
    return max(0.0, said + verb + _shape(method, operation) + _asked(method, operation) - 0.05 * extra)


def _about(nouns: Sequence[str], name: str) -> int | None:
    """Which of these nouns a name says first."""
    named = content(name)
    return next((index for index, noun in enumerate(nouns) if noun in named or has((noun,), name)), None)


def _given(method: Method, answers: Part) -> Part | None:
    """The record that an answer is about: its rows, or the one thing in it."""
    listed = rows(answers, method.noun)
    inner = [part for part in answers.parts if part.complex and part.parts]
    return listed[0][-1] if listed is not None and method.many else inner[0] if len(inner) == 1 else None


def action(part: Part) -> bool:
    """Whether a part of a request says what shall be done."""
    return bool(part.values) and bool({"action", "activity", "command", "operation"} & set(split(part.name)))


def _actions(operation: Operation) -> set[str]:
    """The verbs of one operation that does several things, and is told which."""
    return {
        word
        for path in operation.asks.leaves()
        if action(path[-1])
        for value in path[-1].values
        for word in split(value)
    }


def _asked(method: Method, operation: Operation) -> float:
    """Whether it is asked by what the method knows: our reference, or an id of theirs."""
    every = [path[-1] for path in operation.asks.leaves()]
    needed = [path[-1] for path in operation.asks.leaves() if all(part.required for part in path)] or every
    ours = any(alike("reference", part.name) >= 0.55 for part in (every if method.maybe else needed))  # noqa: PLR2004
    told = 0.0
    if method.maybe and method.receipt:
        theirs = any(alike("reference", path[-1].name) >= 0.55 for path in operation.answers.leaves())  # noqa: PLR2004
        told = 0.15 if ours else 0.0 if theirs else -0.35
    elif method.name.endswith("_state"):
        told = 0.12 if STATES & set(split(operation.local)) else 0.0
        told += 0.1 if ours == (method.name == "activation_state") else -0.1
    elif method.semantics == "read" and method.key is not None:
        fitting = max((alike(method.key.name, part.name) for part in every if not paging(part)), default=-1.0)
        told = 0.1 if fitting >= 0.55 else -0.1 if fitting < 0 or all(paging(part) for part in needed) else 0.0  # noqa: PLR2004
    elif method.semantics == "read" and any(not paging(part) for part in needed):
        told = -0.1
    return told


def paging(part: Part) -> bool:
    """Whether a part of a request says which slice of a list is wanted."""
    return bool(_PAGING & set(split(part.name))) or part.name.lower() in _FROM


def _shape(method: Method, operation: Operation) -> float:
    """Whether a list is where a list is wanted, and whether one id is enough to ask."""
    told = 0.0
    listed = rows(operation.answers, method.noun)
    if method.many:
        told += 0.14 if listed is not None else -0.08
        told -= 0.2 if method.noun and listed and _owned(method.noun, operation.answers, listed[0]) else 0.0
    elif method.noun is not None and not method.receipt:
        told += -0.1 if listed is not None and listed[1] == () and _holds(method.noun, operation.answers) else 0.1
        told -= 0.06 if "list" in split(operation.local) else 0.0
    needed = [path for path in operation.asks.leaves() if all(part.required for part in path) and not paging(path[-1])]
    if method.semantics == "read":
        told += 0.1 if len(needed) <= max(1, len(method.parameters)) else -0.03 * min(len(needed), 4)
        if method.key is None and not method.parameters[:1]:
            told += 0.05 if not needed else 0.0
    if method.noun is not None and not method.receipt:
        told += 0.2 * _resemblance(method.noun, listed[0][-1] if method.many and listed else operation.answers)
    return told


def _holds(noun: type, answers: Part) -> bool:
    """Whether an answer is a list of such things, and not one of them that has lists of its own."""
    best = rows(answers, noun)
    if best is None:
        return False
    holder = (answers, *best[0])[-2]
    beside = replace(holder, parts=tuple(part for part in holder.parts if part is not best[0][-1]))
    return _resemblance(noun, best[0][-1]) >= _resemblance(noun, beside)


def _owned(noun: type, answers: Part, path: Sequence[Part]) -> bool:
    """Whether a list belongs to one such thing, whose id stands beside it: the lines of a bill are no bills."""
    beside = [part.name for holder in (answers, *path[:-1]) for part in holder.parts if not part.complex]
    return any(name.lower() == "id" or alike(f"{noun.__name__}Id", name) > 0.5 for name in beside)  # noqa: PLR2004


def _resemblance(noun: type, answers: Part) -> float:
    """How many attributes of a noun have a part that is called like them."""
    names = [path[-1].name for path in answers.leaves()][:60]
    wanted = [field.name for field in fields(noun)]
    if not names:
        return -0.5
    return sum(max(alike(each, name) for name in names) > 0.5 for each in wanted) / len(wanted)  # noqa: PLR2004


def rows(answers: Part, noun: type | None = None) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    """The path to the part that repeats, as (the way there, what stands beside it).

    Of several the one that resembles the noun, else the nearest to the top.
    """
    found = list(_lists(answers))
    if not found:
        return None
    path = found[0] if noun is None else max(found, key=lambda each: _resemblance(noun, each[-1]) - 0.1 * len(each))
    return path, tuple(part for part in answers.parts if part is not path[0] and part.complex)


def _lists(answers: Part) -> Iterator[tuple[Part, ...]]:
    """The paths to the parts that repeat, the nearest first; what tells how it went is passed over."""
    waiting: list[tuple[Part, ...]] = [(part,) for part in answers.parts]
    while waiting:
        path = waiting.pop(0)
        if report(path[-1]):
            continue
        if path[-1].repeats:
            yield path
        elif path[-1].complex and len(path) < 4:  # noqa: PLR2004 - deeper lists are lines of a thing
            waiting += [(*path, part) for part in path[-1].parts]


def lone_rows(answers: Part) -> tuple[Part, ...] | None:
    """The path to the part that repeats, where the answer is nothing but those rows; a list inside a record is not."""
    found = rows(answers)
    if found is None or not found[0][-1].complex:
        return None
    holders = (answers, *found[0][:-1])
    return found[0] if all(len(holder.parts) <= 1 for holder in holders) else None


def work_rows(answers: Part) -> tuple[Part, ...] | None:
    """The path to rows that are pieces of work: nothing else is answered, or each says our reference."""
    listed = rows(answers)
    said = listed is not None and any(alike("reference", part.name) >= 0.55 for part in listed[0][-1].parts)  # noqa: PLR2004
    return listed[0] if listed is not None and said else lone_rows(answers)


def choose(ports: Sequence[str], survey: Survey, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The best operation of each required method, where one is likely; a method and its list may share one.

    A once-only write brings the look-up that settles it. `given`: what was said already.
    """
    chosen = dict(given or {})
    for method in methods(tuple(ports)):
        if method.name in chosen:
            continue
        best = guesses(method, survey, 1)
        settles = any(LOOK_UPS.get(write) == method.name for write in chosen)
        if best and (method.capability is None or settles) and best[0].score >= LIKELY:
            chosen[method.name] = best[0].operation
    return {method.name: chosen[method.name] for method in methods(tuple(ports)) if method.name in chosen}


def rank(survey: Survey) -> list[tuple[str, float]]:
    """The ports by how well the WSDL serves their required methods, best first.

    One that is likely stands behind another that is, and asks the same operations and more: whoever takes orders tells
    them too.
    """
    found = []
    for port in SOAP_PORTS:
        asked = [method for method in methods((port,)) if method.capability is None]
        scores = [min(max((each.score for each in guesses(method, survey, 1)), default=0.0), 1.0) for method in asked]
        found.append((port, sum(scores) / len(scores) if scores else 0.0))
    uses = {port: set(choose((port,), survey).values()) for port, score in found if score >= LIKELY}
    inside = {port for port, mine in uses.items() if any(mine < theirs for theirs in uses.values())}
    return sorted(found, key=lambda each: (each[0] in inside, -each[1]) if each[1] >= LIKELY else (True, -each[1]))
