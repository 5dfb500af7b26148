"""Events leave the house here: the relay and its listeners."""

from gateway.events.ear import Ear, Voice
from gateway.events.listener import HUB, Listener
from gateway.events.relay import Relay
from gateway.events.sender import Reply, Sender

__all__ = ["HUB", "Ear", "Listener", "Relay", "Reply", "Sender", "Voice"]
