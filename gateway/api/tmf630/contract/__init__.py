"""The contract documents: how an official one becomes ours, and the facts that the kernel serves from."""

from gateway.api.tmf630.contract.facts import Contract, Resource
from gateway.api.tmf630.contract.importing import NotAContract, import_all, import_contract
from gateway.api.tmf630.contract.listing import listing
from gateway.api.tmf630.contract.loading import Contracts

__all__ = ["Contract", "Contracts", "NotAContract", "Resource", "import_all", "import_contract", "listing"]
