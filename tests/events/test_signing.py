"""What goes out is signed as Standard Webhooks says: its own library takes it."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from contracts.clock import SystemClock
from gateway.events.signing import is_secret, new_secret, signed
from tests.events.world import World


def test_their_library_takes_what_we_sign() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    stamp = int(SystemClock().now().timestamp())
    headers = signed("event-1", stamp, b'{"a": 1}', (new, old))
    for secret in (old, new):
        assert Webhook(secret).verify('{"a": 1}', headers) == {"a": 1}
    for secret, body in ((other, '{"a": 1}'), (new, '{"a": 2}')):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


def test_what_is_a_secret() -> None:
    assert is_secret(new_secret())
    assert is_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    for wrong in ("", "whsec_", "whsec_abc", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "A" * 200, "whsec_ä" * 9):
        assert not is_secret(wrong)


async def test_every_attempt_is_signed_anew(world: World) -> None:
    secrets = [new_secret(), new_secret()]
    await world.listen("a", secrets=secrets)
    world.answers["a"] = [500]
    await world.tell("o1", 1)
    relay = world.relay()
    await world.turn(relay)
    world.clock.advance(5)
    await world.turn(relay)
    first, second = world.got["a"]
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "event-1"
    for got in (first, second):
        stamp = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
        wanted = [Webhook(secret).sign("event-1", stamp, got.raw.decode()) for secret in secrets]
        assert got.headers["webhook-signature"].split(" ") == wanted
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 5
