"""What the business does; knows ports, events and the store, never HTTP, never SOAP."""
