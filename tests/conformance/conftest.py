from tests.edge import build, client, clock, contracts, store

__all__ = ["build", "client", "clock", "contracts", "store"]
