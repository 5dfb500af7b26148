"""Plans, the packages of jBilling: sold under ids of their own, booked by a subscription item that has the price."""

from collections.abc import Mapping

from adapters.jbilling.config import Config
from banyan import Garbled
from banyan.mapping import Record, needed

PREFIX = "plan-"

Plans = Mapping[int, str]
"""The offering id of each plan by its subscription item, by which orders and invoices name it."""


def offering_id(plan: Record) -> str:
    return f"{PREFIX}{needed(plan['id'], 'id')}"


def subscription_item(plan: Record) -> int:
    """Named twice; both must agree."""
    item: int = needed(plan["itemId"], "itemId")
    if plan["planSubscriptionItemId"] not in (None, item):
        raise Garbled("jbilling names two subscription items of one plan")
    return item


def is_monthly(plan: Record, config: Config) -> bool:
    """Orders are booked monthly, so no other plan can be sold."""
    return bool(plan["periodId"] == config.monthly_period)
