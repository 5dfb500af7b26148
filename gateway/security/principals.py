"""Who asks: read from the request once, and carried from there in every call and every query."""

from collections.abc import Callable, Mapping

from contracts.call import Principal

BANYAN = Principal(subject="banyan", client="banyan", operator="default")
"""Background work: sees everything, belongs to nobody."""

PrincipalOf = Callable[[Mapping[str, str]], Principal]
"""Request headers (lower case) -> the principal."""


def embedded(operator: str) -> PrincipalOf:
    """The embedded default: whoever calls may see all; `X-Client-Id` tells applications apart."""

    def principal(headers: Mapping[str, str]) -> Principal:
        return Principal(subject="anonymous", client=headers.get("x-client-id", "anonymous")[:128], operator=operator)

    return principal
