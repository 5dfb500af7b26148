"""The canonical nouns, as the gateway and every adapter speak of them. Ids are the legacy's own (native) ids."""

from contracts.model.activation import Activation, Service
from contracts.model.balance import BalanceMove, Bucket, BucketKind, MoveKind, TopUp
from contracts.model.bill import Bill, BillLine
from contracts.model.customer import Account, Customer
from contracts.model.money import Money, largest_remainder, minor_unit
from contracts.model.offering import Offering
from contracts.model.order import LineKind, Order, OrderLine, OrderState, Receipt, Subscription, WorkState
from contracts.model.quantity import Quantity, Unit
from contracts.model.usage import Unreadable, UsageFile, UsageKind, UsageRecord

__all__ = [
    "Account",
    "Activation",
    "BalanceMove",
    "Bill",
    "BillLine",
    "Bucket",
    "BucketKind",
    "Customer",
    "LineKind",
    "Money",
    "MoveKind",
    "Offering",
    "Order",
    "OrderLine",
    "OrderState",
    "Quantity",
    "Receipt",
    "Service",
    "Subscription",
    "TopUp",
    "Unit",
    "Unreadable",
    "UsageFile",
    "UsageKind",
    "UsageRecord",
    "WorkState",
    "largest_remainder",
    "minor_unit",
]
