from tests.edge import clock, store

__all__ = ["clock", "store"]
