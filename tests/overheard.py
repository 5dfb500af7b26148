"""What passes between an adapter and the simulator of its system."""

from collections.abc import Callable
from typing import Any

import pytest

from banyan.soap import SoapContract


def overheard(contract: SoapContract, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every request that a simulator reads by this contract and every answer that it writes, as bytes."""
    heard: list[bytes] = []

    def listening(method: Callable[..., Any], *, at_request: bool = False) -> Callable[..., Any]:
        def listen(*values: Any) -> Any:
            result = method(*values)
            heard.append(values[1] if at_request else result)
            return result

        return listen

    monkeypatch.setattr(contract, "read_request", listening(contract.read_request, at_request=True))
    monkeypatch.setattr(contract, "write_reply", listening(contract.write_reply))
    monkeypatch.setattr(contract, "write_fault", listening(contract.write_fault))
    return heard
