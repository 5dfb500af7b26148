"""The contract suites, for adapter authors: subclass as Test..., state the facts, run pytest."""

from contracts.faults import Fault
from contracts.suites.balance import BalanceContract
from contracts.suites.bill import BillContract
from contracts.suites.catalog import CatalogContract
from contracts.suites.customer import CustomerContract
from contracts.suites.inventory import InventoryContract
from contracts.suites.kit import (
    AdapterContract,
    Another,
    Ask,
    Calls,
    Southbound,
    every_fault,
    needs,
    on_simulator,
)
from contracts.suites.lineage import LineageContract
from contracts.suites.order import OrderContract
from contracts.suites.provisioning import ProvisioningContract
from contracts.suites.service import ServiceContract
from contracts.suites.usage import UsageFileContract
from contracts.suites.wire import WireContract

__all__ = [
    "AdapterContract",
    "Another",
    "Ask",
    "BalanceContract",
    "BillContract",
    "Calls",
    "CatalogContract",
    "CustomerContract",
    "Fault",
    "InventoryContract",
    "LineageContract",
    "OrderContract",
    "ProvisioningContract",
    "ServiceContract",
    "Southbound",
    "UsageFileContract",
    "WireContract",
    "every_fault",
    "needs",
    "on_simulator",
]
