"""Whether a customer can have what was picked, and what it costs: the verdict on each item of a qualification."""

from dataclasses import dataclass

from contracts.call import Principal
from gateway.flows.bundles.bundles import Bundles
from gateway.flows.bundles.choosing import Broken, broken_limits, completed
from gateway.flows.bundles.model import Priced
from gateway.flows.bundles.pricing import price
from gateway.flows.bundles.request import Picked, requested
from gateway.flows.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Verdict:
    pick: Picked
    priced: Priced | None
    """None when it cannot be had."""
    reasons: tuple[Broken, ...] = ()


async def qualify(bundles: Bundles, principal: Principal, pick: Picked) -> Verdict:
    """A broken limit is a verdict, not an error; an offering that does not exist raises Unknown."""
    try:
        bundle = await bundles.bundle(principal, pick.offering_id)
        await bundles.require_known(principal, bundle, pick)
        wanted = requested(bundle, pick)
    except Invalid as refused:
        return Verdict(pick, None, ((refused.code, refused.message or str(refused)),))
    choice = completed(bundle, wanted)
    reasons = broken_limits(bundle, choice)
    if not bundle.sellable:
        reasons.insert(0, ("offering.notSellable", f"{bundle.name} is not for sale"))
    if reasons:
        return Verdict(pick, None, tuple(reasons))
    return Verdict(pick, price(bundle, choice))
