"""Deadline, retry, budget, breaker and bulkhead around any port, by the semantics its methods declare."""

from gateway.policy.policed import PolicedPorts
from gateway.policy.ports import Ports, Serving

__all__ = ["PolicedPorts", "Ports", "Serving"]
