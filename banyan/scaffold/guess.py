"""Which operation may serve which method of a port: by the names, and by the shape of what goes in and comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from banyan.scaffold.asked import SOAP_PORTS, Method, methods
from banyan.scaffold.words import CHANGES, CREATES, ENDS, READS, alike, content, has, split, written
from banyan.soap.survey import Operation, Part, Survey

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
    "activate": (("activate", "service"), CREATES | frozenset({"activate", "provision", "enable"})),
    "modify": (("service",), CHANGES),
    "deactivate": (("deactivate", "service"), ENDS | frozenset({"disable", "deprovision"})),
    "activation_state": (("service", "activation"), READS),
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
    """The operations that may serve a method, best first."""
    found = [
        Guess(name, score(method, operation), written(operation.local)) for name, operation in survey.operations.items()
    ]
    return sorted((each for each in found if each.score > 0), key=lambda each: -each.score)[:most]


def score(method: Method, operation: Operation) -> float:
    """From 0 to 1."""
    nouns, verbs = _MEANT.get(
        method.name, ((method.name.split("_")[-1],), READS if method.semantics == "read" else CREATES)
    )
    words = split(operation.local)
    hits = [
        index for index, noun in enumerate(nouns) if noun in content(operation.local) or has((noun,), operation.local)
    ]
    if not hits:
        return 0.0
    said = 0.42 - 0.06 * hits[0]
    if any(noun in content(operation.local) for noun in nouns):
        said += 0.08
    verb = 0.22 if verbs & set(words) else -0.25 if (READS | CREATES | CHANGES | ENDS) - verbs & set(words) else 0.0
    shape = _shape(method, operation)
    known = {word for noun in nouns for word in content(noun)} | READS | CREATES | CHANGES | ENDS
    extra = len([word for word in words if word not in known and not has(nouns, word)])
    return max(0.0, min(said + verb + shape - 0.05 * max(0, extra), 1.0))


def _shape(method: Method, operation: Operation) -> float:
    """Whether a list is where a list is wanted, and whether one id is enough to ask."""
    told = 0.0
    listed = rows(operation.answers)
    if method.many:
        told += 0.14 if listed is not None else -0.08
    elif method.noun is not None and not method.receipt:
        told += -0.1 if listed is not None and listed[1] == () else 0.1
    needed = [path for path in operation.asks.leaves() if all(part.required for part in path)]
    if method.semantics == "read":
        told += 0.1 if len(needed) <= max(1, len(method.parameters)) else -0.03 * min(len(needed), 4)
        if method.key is None and not method.parameters[:1]:
            told += 0.05 if not needed else 0.0
    if method.noun is not None and not method.receipt:
        told += 0.2 * _resemblance(method.noun, operation.answers)
    return told


def _resemblance(noun: type, answers: Part) -> float:
    """How many attributes of a noun have a part that is called like them."""
    names = [path[-1].name for path in answers.leaves()][:60]
    wanted = [field.name for field in fields(noun)]
    if not names:
        return -0.5
    return sum(max(alike(each, name) for name in names) > 0.5 for each in wanted) / len(wanted)  # noqa: PLR2004


def rows(answers: Part) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    """The path to the part that repeats, nearest to the top, as (the way there, what stands beside it)."""
    waiting: list[tuple[Part, ...]] = [(part,) for part in answers.parts]
    while waiting:
        path = waiting.pop(0)
        if path[-1].repeats:
            return path, tuple(part for part in answers.parts if part is not path[0] and part.complex)
        if path[-1].complex and len(path) < 4:  # noqa: PLR2004 - deeper lists are lines of a thing
            waiting += [(*path, part) for part in path[-1].parts]
    return None


def lone_rows(answers: Part) -> tuple[Part, ...] | None:
    """The path to the part that repeats, where the answer is nothing but those rows; a list inside a record is not."""
    found = rows(answers)
    if found is None or not found[0][-1].complex:
        return None
    holders = (answers, *found[0][:-1])
    return found[0] if all(len(holder.parts) <= 1 for holder in holders) else None


def choose(ports: Sequence[str], survey: Survey) -> dict[str, str]:
    """The best operation of each required method, where one is likely; a method and its list may share one."""
    chosen = {}
    for method in methods(tuple(ports)):
        best = guesses(method, survey, 1)
        if best and method.capability is None and best[0].score >= LIKELY:
            chosen[method.name] = best[0].operation
    return chosen


def rank(survey: Survey) -> list[tuple[str, float]]:
    """The ports by how well the WSDL serves their required methods, best first."""
    found = []
    for port in SOAP_PORTS:
        asked = [method for method in methods((port,)) if method.capability is None]
        scores = [max((each.score for each in guesses(method, survey, 1)), default=0.0) for method in asked]
        found.append((port, sum(scores) / len(scores) if scores else 0.0))
    return sorted(found, key=lambda each: -each[1])
