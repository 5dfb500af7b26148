"""What a system can do, said in its manifest and checked against its class."""

from enum import StrEnum


class Support(StrEnum):
    FULL = "full"
    """Works, and the suite proves it."""
    PLANNED = "planned"
    """The legacy system can; we do not yet. Needs a `why`."""
    ABSENT = "absent"
    """The legacy system cannot. Needs a `why`."""


class Capability(StrEnum):
    ORDER_LOOKUP = "order.lookup"
    ORDER_CANCEL = "order.cancel"
    BALANCE_HISTORY = "balance.history"
    BALANCE_LOOKUP = "balance.lookup"
    BALANCE_TOP_UP = "balance.top_up"
    BALANCE_VOUCHER = "balance.voucher"
    BILL_NOW = "bill.now"
    SERVICE_MODIFY = "service.modify"
