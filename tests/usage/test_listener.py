"""A listener of TMF677 hears of a bucket that is nearly used up, once."""

import pytest

from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.events import Ear
from gateway.store import outbox
from gateway.store.usage import UsageStore
from tests.edge import SERVED
from tests.usage.world import World, csv


async def test_the_threshold_event_in_its_envelope(world: World) -> None:
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])
    await world.take("a.csv", csv("a,491700000001,2026-11-02T10:00:00Z,voice,85,seconds"))
    (event,) = await outbox.unnumbered(world.store.database, 10)
    envelopes = Envelopes(SERVED)
    told = envelopes.render(event, Ear("TMF677", "v4"))
    assert told["eventType"] == "UsageConsumptionThresholdEvent"
    assert "timeOcurred" in told
    bucket = told["event"]["usageConsumption"]
    assert (bucket["threshold"], bucket["relatedParty"][0]["id"]) == (80, "anna")
    assert bucket["bucketRefOrValue"][0]["remainingValue"] == {"amount": 15, "units": "seconds"}
    told = envelopes.render(event, Ear("TMF677", "v5"))
    assert "timeOccurred" in told
    bucket = told["event"]["usageConsumption"]
    assert (bucket["threshold"], bucket["relatedParty"][0]["partyOrPartyRole"]["id"]) == (80, "anna")
    assert bucket["bucket"][0]["remainingValue"]["amount"] == 15
    assert event.owner == "anna"
    assert event.customer_ref not in {None, "anna"}


async def test_an_event_that_was_not_handed_over_before_a_crash_is_handed_over_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])

    async def killed(usage: UsageStore, seq: int) -> None:
        raise RuntimeError(f"killed before {seq} was noted as sent")

    with monkeypatch.context() as patch:
        patch.setattr(UsageStore, "sent", killed)
        with pytest.raises(RuntimeError):
            await world.take("a.csv", csv("a,491700000001,2026-11-02T10:00:00Z,voice,85,seconds"))
    await world.poll()
    assert await world.thresholds() == [80]
