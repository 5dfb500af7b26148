"""What the simulator is told of work: by which parts it is known, which operations make, change and tell it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from banyan.scaffold.asked import Method
from banyan.scaffold.composed import Composed
from banyan.scaffold.fields import literal, todo
from banyan.scaffold.guess import action, verbs, work_rows
from banyan.scaffold.paths import certain, way
from banyan.scaffold.requests import ACTIONS
from banyan.scaffold.states import called
from banyan.scaffold.words import alike, split
from banyan.soap.survey import Operation, Part

KINDS = {"OrderPort": "orders", "ProvisioningPort": "services"}
"""The ports whose work is known again, and what the work is called."""
MAKES = frozenset({"place_order", "activate"})
ENDS = frozenset({"cancel_order", "deactivate"})


@dataclass(slots=True)
class Work:
    variable: str
    known_by: str
    """The arguments of Works."""
    uses: list[str] = field(default_factory=list)
    """`makes("crtSubsOrd", orders, ordSt="CMPL")`."""
    methods: frozenset[str] = frozenset()
    """Those that it serves."""
    assumed: bool = False
    """Whether it is assumed that a repeat changes nothing."""


def works(
    asked: Sequence[Method], serves: Mapping[str, Operation], composed: Composed, there: str | None
) -> list[Work]:
    """One for each port that books work, where its requests carry our reference. `there`: what the probe asks for."""
    found = []
    for port, name in KINDS.items():
        served = [method for method in asked if method.port == port and method.name in serves]
        references = list(dict.fromkeys(each for method in served for each in references_of(method, composed) if each))
        if not any(method.name in MAKES for method in served):
            continue
        paired = any("our reference?" in composed.keys[method.name].expression for method in served)
        if not references and not paired:
            continue
        numbers = [each for method in served for each in numbers_of(method, composed)]
        numbers = [each for each in dict.fromkeys(numbers) if each and each not in references]
        taken = {method.noun.__name__ for method in asked if method.noun is not None and method.port != port}
        variable = f"work_on_{name}" if name == "services" and "Service" in taken else name
        again = port == "ProvisioningPort"
        ours = names(references) if references else todo("simulator: which name carries our reference?")
        known = [ours, *([names(numbers)] if numbers else []), *(["again=True"] if again else [])]
        known += [] if there is None else [f"there={literal(there)}"]
        uses = list(dict.fromkeys(_uses(served, serves, composed, variable)))
        found.append(Work(variable, ", ".join(known), uses, frozenset(method.name for method in served), assumed=again))
    return found


def told_again(asked: Sequence[Method], serves: Mapping[str, Operation]) -> frozenset[str]:
    """The parts that writes answer, and that the state of their work is told with, or asked by."""
    told = [
        {path[-1].name for path in (operation.asks if method.name == "order_state" else operation.answers).leaves()}
        for method in asked
        if method.port in KINDS and (operation := serves.get(method.name)) is not None
        if method.noun is not None and not method.maybe
    ]
    return frozenset(set.intersection(*told)) if told else frozenset()


def _uses(
    served: Sequence[Method], serves: Mapping[str, Operation], composed: Composed, variable: str
) -> Iterator[str]:
    state = _state(served, serves, composed)
    for method in served:
        operation = serves[method.name]
        said = [literal(operation.name)]
        several = sum(serves[each.name] is operation for each in served) > 1
        if method.semantics == "read":
            how, path, silent = place(operation.answers)
            said += [f"({''.join(f'{literal(part.name)}, ' for part in path)})".replace(", )", ",)"), variable]
            said += ["silent=True"] if silent else []
            said += _when(method, operation) if several else []
            yield f"{how}({', '.join(said)})"
            continue
        said.append(variable)
        said += _when(method, operation) if several else []
        word = "done" if method.name in MAKES else "cancelled" if method.name in ENDS else ""
        if state is not None and word:
            value = called(state, word)
            if several and value is None:
                yield f"changes({', '.join(said)})"  # the state of the last thing that was asked for is what it was
                continue
            which = f"simulator: which {state.told} means {word}?"
            said.append(f"{state.name}={f'todo({literal(which)})' if value is None else literal(value)}")
        yield f"{'makes' if method.name in MAKES else 'changes'}({', '.join(said)})"


def _when(method: Method, operation: Operation) -> list[str]:
    """By what an operation that does several things is told which."""
    for path in operation.asks.leaves():
        meant = next((value for value in path[-1].values if verbs(method) & set(split(value))), None)
        if meant is not None and action(path[-1]):
            return [f"when=({literal(path[-1].name)}, {literal(meant)})"]
    told = next((path[-1] for path in operation.asks.leaves() if ACTIONS & set(split(path[-1].name))), None)
    if told is None or told.values:
        return []
    which = f"simulator: which {told.told} means {method.name}?"
    return [f"when=({literal(told.name)}, todo({literal(which)}))"]


def _state(served: Sequence[Method], serves: Mapping[str, Operation], composed: Composed) -> Part | None:
    """The part that tells how work stands."""
    answers = [serves[each.name].answers for each in served if each.name.endswith("_state")]
    leaves = [path[-1] for each in answers for path in each.leaves() if path[-1].values]
    named = composed.fed.get("OrderState", {}).get("state")
    best = max(leaves, key=lambda part: (part.name == named, alike("state", part.name)), default=None)
    return best if best is not None and alike("state", best.name) > 0.5 else None  # noqa: PLR2004


def place(answers: Part) -> tuple[str, Sequence[Part], bool]:
    """How a read answers, where the work lies in it, and whether it may say nothing of what it does not know."""
    listed = work_rows(answers)
    if listed is not None:
        return "lists", listed, True
    path = way(answers)
    return "gives", path, not certain(answers)


def references_of(method: Method, composed: Composed) -> Iterator[str]:
    asked = composed.keys[method.name]
    yield from (part for expression, part in asked.placed.items() if expression.endswith(".reference"))
    if method.name == "activation_state" and asked.key is not None:
        yield asked.key
    yield composed.fed.get(method.name, {}).get("reference", "")


def numbers_of(method: Method, composed: Composed) -> Iterator[str]:
    if method.receipt:
        yield composed.fed.get(method.name, {}).get("native_id", "")
    if method.name.endswith("_state"):
        yield composed.fed.get("OrderState", {}).get("native_id", "")
    if method.name in ("order_state", "cancel_order"):
        yield composed.keys[method.name].key or ""


def names(each: Sequence[str]) -> str:
    """One name, or several as a tuple."""
    return literal(each[0]) if len(each) == 1 else f"({', '.join(map(literal, each))})"
