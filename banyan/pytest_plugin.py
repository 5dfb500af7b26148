"""The contract kit's pytest plugin: fixtures for whoever tests an adapter, found by entry point."""
