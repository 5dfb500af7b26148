"""Work that a legacy does once: what every flow that writes its intent before it sends has in common."""

from gateway.flows.journal.schedule import USUAL, Schedule
from gateway.flows.journal.worker import Overtaken, Worker

__all__ = ["USUAL", "Overtaken", "Schedule", "Worker"]
