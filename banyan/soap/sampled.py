"""Sampled messages of a contract, as plain values: what a simulator answers when nobody told it better."""

from typing import Any, NamedTuple

from banyan.soap.contract import SoapContract
from banyan.soap.sampling import FULL, sample_message


class Sampled(NamedTuple):
    body: Any
    header: dict[str, Any]


def sampled_reply(contract: SoapContract, operation: str, *, seed: int = FULL, full: bool = True) -> Sampled:
    """A reply with every optional part and lists of two; other seeds vary. ValueError when no valid one is found."""
    return Sampled(*sample_message(contract._operations[operation].output, contract._types, seed=seed, full=full))  # noqa: SLF001 - nobody else needs them


def sampled_request(contract: SoapContract, operation: str, *, seed: int = FULL, full: bool = True) -> Sampled:
    """A request, in the same way."""
    return Sampled(*sample_message(contract._operations[operation].input, contract._types, seed=seed, full=full))  # noqa: SLF001
