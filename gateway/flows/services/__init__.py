"""What runs in the network for customers."""

from gateway.flows.services.services import KIND, Provided, Services

__all__ = ["KIND", "Provided", "Services"]
