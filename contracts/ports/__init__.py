"""What the gateway may ask of a legacy system: one Protocol per file."""

from contracts.ports.adapter import Adapter
from contracts.ports.balance import BalancePort
from contracts.ports.bill import BillPort
from contracts.ports.catalog import CatalogPort
from contracts.ports.customer import CustomerPort
from contracts.ports.inventory import InventoryPort
from contracts.ports.order import OrderPort
from contracts.ports.provisioning import ProvisioningPort
from contracts.ports.service import ServicePort
from contracts.ports.usage import UsageFilePort

PORTS: dict[str, type[Adapter]] = {
    port.__name__: port
    for port in (
        BalancePort,
        BillPort,
        CatalogPort,
        CustomerPort,
        InventoryPort,
        OrderPort,
        ProvisioningPort,
        ServicePort,
        UsageFilePort,
    )
}

__all__ = [
    "PORTS",
    "Adapter",
    "BalancePort",
    "BillPort",
    "CatalogPort",
    "CustomerPort",
    "InventoryPort",
    "OrderPort",
    "ProvisioningPort",
    "ServicePort",
    "UsageFilePort",
]
