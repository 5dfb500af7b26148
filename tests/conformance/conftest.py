from tests.edge import build, client, clock, contracts, official, store

__all__ = ["build", "client", "clock", "contracts", "official", "store"]
