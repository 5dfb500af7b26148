"""The contract documents: how an official one becomes ours, and the facts that the kernel serves from."""

from gateway.api.tmf630.contract.facts import Contract, Contracts, Resource
from gateway.api.tmf630.contract.importing import NotAContract, import_contract

__all__ = ["Contract", "Contracts", "NotAContract", "Resource", "import_contract"]
