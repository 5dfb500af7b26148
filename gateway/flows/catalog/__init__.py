"""The catalogue's mirror of what the legacy systems sell."""

from gateway.flows.catalog.catalog import Catalog

__all__ = ["Catalog"]
