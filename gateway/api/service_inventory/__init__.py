"""TMF638 Service Inventory."""
