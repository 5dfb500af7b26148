"""Usage: files taken in, records guided to their customer, charged against his buckets, thresholds told."""

from gateway.flows.usage.guide import Guide
from gateway.flows.usage.intake import Usage

__all__ = ["Guide", "Usage"]
