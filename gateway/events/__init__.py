"""Events leave the house here: the relay and its listeners."""

from gateway.events.listener import HUB, Listener, event_types
from gateway.events.relay import Relay
from gateway.events.sender import Sender

__all__ = ["HUB", "Listener", "Relay", "Sender", "event_types"]
