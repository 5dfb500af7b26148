"""Bills, re-presented by bundle."""

from gateway.flows.billing.billing import Billing, Presented
from gateway.flows.billing.present import BillSection, Charge, sections

__all__ = ["BillSection", "Billing", "Charge", "Presented", "sections"]
