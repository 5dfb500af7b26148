"""A trace drawn as a tree for the terminal: from the REST call down to every attempt on the wire."""

from collections import defaultdict
from collections.abc import Sequence

from rich.text import Text
from rich.tree import Tree

from gateway.telemetry.traces import Span

_SHOWN = (
    ("http.request.resend_count", "resend"),
    ("gateway.attempts", "attempts"),
    ("gateway.outcome", ""),
    ("http.response.status_code", ""),
    ("error.type", ""),
)
"""Attributes worth a place in the tree, with the word they are shown by."""


def draw(trace: str, spans: Sequence[Span]) -> Tree:
    """`spans` come in the order they began; a span whose parent is not among them is a root (the caller's trace)."""
    known = {span.id for span in spans}
    children: dict[str | None, list[Span]] = defaultdict(list)
    for span in spans:
        children[span.parent if span.parent in known else None].append(span)
    began = min(span.began for span in spans)
    tree = Tree(Text(f"trace {trace}", style="bold"))
    _grow(tree, children, None, began)
    return tree


def _grow(tree: Tree, children: dict[str | None, list[Span]], parent: str | None, began: int) -> None:
    for span in children.get(parent, ()):
        _grow(tree.add(_line(span, began)), children, span.id, began)


def _line(span: Span, began: int) -> Text:
    """What it was, how it went, and when: in this order, so that a narrow terminal folds the least important."""
    outcome = str(span.attributes.get("gateway.outcome", ""))
    bad = span.failed or "error.type" in span.attributes
    said = [f"{span.attributes['soap.operation']}"] if "soap.operation" in span.attributes else []
    for attribute, word in _SHOWN:
        value = span.attributes.get(attribute)
        if value not in (None, "", 0):
            said.append(f"{word} {value}".strip())
    return Text.assemble(
        (span.name, "red" if bad else "yellow" if outcome == "in_doubt" else "green"),
        (f" {', '.join(said)}" if said else "", "cyan"),
        (f"  at {(span.began - began) / 1e6:.0f} ms for {(span.ended - span.began) / 1e6:.0f} ms", "dim"),
    )
