"""Customers and billing accounts."""

from gateway.flows.customers.customers import Customers

__all__ = ["Customers"]
