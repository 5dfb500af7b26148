"""Principals, and later scopes, ownership, delegation and audit."""

from gateway.security.principals import BANYAN, PrincipalOf, embedded

__all__ = ["BANYAN", "PrincipalOf", "embedded"]
