"""Who asks: read from the request once, and carried from there in every call and every query."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from contracts.call import Principal

BANYAN = Principal(subject="banyan", client="banyan", operator="default")
"""Background work: sees everything, belongs to nobody."""

_CLIENTS = 1_024

PrincipalOf = Callable[[Mapping[str, str]], Principal]
"""Request headers (lower case) -> the principal."""


def embedded(operator: str) -> PrincipalOf:
    """The embedded default: whoever calls may see all; `X-Client-Id` tells applications apart."""

    @lru_cache(_CLIENTS)
    def known(client: str) -> Principal:
        return Principal(subject="anonymous", client=client, operator=operator)

    return lambda headers: known(headers.get("x-client-id", "anonymous")[:128])
