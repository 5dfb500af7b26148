"""Dynamic bundles: checked at launch, chosen from, priced."""

from gateway.flows.bundles.bundles import Bundles, sold
from gateway.flows.bundles.choosing import choose
from gateway.flows.bundles.model import (
    Bundle,
    Choice,
    Discount,
    Group,
    Part,
    Priced,
    PricedAlteration,
    PricedLine,
)
from gateway.flows.bundles.pricing import price
from gateway.flows.bundles.qualification import Verdict, qualify
from gateway.flows.bundles.request import Picked, choice_of, picked

__all__ = [
    "Bundle",
    "Bundles",
    "Choice",
    "Discount",
    "Group",
    "Part",
    "Picked",
    "Priced",
    "PricedAlteration",
    "PricedLine",
    "Verdict",
    "choice_of",
    "choose",
    "picked",
    "price",
    "qualify",
    "sold",
]
