"""Prepaid balances: what subscribers have left, read where it is kept, and what is put on it once."""

from gateway.flows.balance.balances import Balances
from gateway.flows.balance.nouns import ACTION, BUCKET, NOBODY, TOP_UP, TOTAL, Held, Moved, Totalled, Translate
from gateway.flows.balance.prepaid import Prepaid
from gateway.flows.balance.subscribers import Subscribers
from gateway.flows.balance.topups import TopUps

__all__ = [
    "ACTION",
    "BUCKET",
    "NOBODY",
    "TOP_UP",
    "TOTAL",
    "Balances",
    "Held",
    "Moved",
    "Prepaid",
    "Subscribers",
    "TopUps",
    "Totalled",
    "Translate",
]
