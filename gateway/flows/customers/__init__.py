"""Customers, their parties and billing accounts."""

from gateway.flows.customers.customers import ACCOUNT, INDIVIDUAL, KIND, ORGANIZATION, Customers

__all__ = ["ACCOUNT", "INDIVIDUAL", "KIND", "ORGANIZATION", "Customers"]
