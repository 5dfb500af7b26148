"""Which legacy systems there are, and which are loaded."""

from banyan.manifest import Manifest, discover, lineage
from gateway.registry.registered import Registered
from gateway.registry.registry import Misconfigured, check, gaps, load, manifests, named

__all__ = [
    "Manifest",
    "Misconfigured",
    "Registered",
    "check",
    "discover",
    "gaps",
    "lineage",
    "load",
    "manifests",
    "named",
]
