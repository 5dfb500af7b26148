"""What clients say of a bill beside its legacy: it stands until the legacy says something new of the same."""

from collections.abc import Mapping
from typing import Any

from contracts.call import Principal
from gateway.flows.refusal import Clash
from gateway.store.port import Document, Put, Store

KIND = "banyan/billBeside"
_OURS = frozenset({"state", "billCycle"})
"""What a client may say although the legacy says it too."""


async def joined(store: Store, principal: Principal, id: str, legacy: dict[str, Any]) -> dict[str, Any]:
    """The legacy's bill with what was said beside it."""
    kept = await store.get(principal, KIND, id)
    if kept is None:
        return legacy
    over = kept.body["over"]
    return legacy | {name: value for name, value in kept.body["said"].items() if legacy.get(name) == over.get(name)}


async def said(store: Store, principal: Principal, before: Document, after: Mapping[str, Any]) -> Put:
    """What keeps the difference that a client made to a bill; only what the legacy does not master may differ."""
    kept = await store.get(principal, KIND, before.id)
    earlier: dict[str, Any] = kept.body if kept else {"said": {}, "over": {}}
    ours = _OURS | earlier["said"].keys()
    changed = {name for name in before.body.keys() | after.keys() if before.body.get(name) != after.get(name)}
    if mastered := sorted((changed & before.body.keys()) - ours):
        raise Clash("bill.mastered", f"{', '.join(mastered)} of a bill is mastered by {before.source}")
    names = changed | earlier["said"].keys()
    body = {
        "said": {name: after[name] for name in names if name in after},
        "over": {
            name: earlier["over"].get(name) if name in earlier["said"] else before.body.get(name) for name in names
        },
    }
    return Put(Document(KIND, before.id, body, owner=before.owner), expect=kept.revision if kept else 0)
