"""What customers own: products of our orders, and what they had in the legacy before."""

from gateway.flows.inventory.inventory import Held, Inventory

__all__ = ["Held", "Inventory"]
