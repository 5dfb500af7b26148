"""What a query for consumption names: which bundles fit it, and which of their buckets it shows."""

from dataclasses import dataclass

from gateway.flows.usage import grants
from gateway.flows.usage.charge import Bucket
from gateway.flows.usage.grants import Realisation


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query names; every part of it narrows the answer."""

    parties: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    """Bundles or parts of bundles."""
    numbers: frozenset[str] = frozenset()
    """Numbers or logins."""
    services: frozenset[str] = frozenset()
    """Native ids or references of activated services."""

    def fits(self, realisation: Realisation) -> bool:
        return (
            (not self.products or bool(self.products & realisation.products))
            and (not self.numbers or any(self._names(*subscriber) for subscriber in realisation.subscribers))
            and (not self.services or bool(self.services & realisation.services))
        )

    def _names(self, kind: str, value: str) -> bool:
        return value in {grants.plain(kind, number) for number in self.numbers}

    def shows(self, bucket: Bucket, realisation: Realisation) -> bool:
        """A part with allowances of its own is shown with these only."""
        own = self.products & {grant.get("productId") for grant in realisation.grants}
        return realisation.product in self.products or not own or bucket.product in own
