"""Services in the network: what is asked of the OSS, and what it says is there."""

from dataclasses import field

from contracts.noun import noun


@noun
class Activation:
    reference: str
    """Ours, stable: the OSS names the service by it, so that a repeat is recognised."""
    customer_id: str
    service: str
    """The service specification: mobile-line, data-pack."""
    parent: str | None = None
    """The reference of the service this one relies on."""
    characteristics: dict[str, str] = field(default_factory=dict)


@noun
class Service:
    id: str
    reference: str | None
    customer_id: str
    specification: str
    state: str
    """reserved, inactive, active or terminated."""
    characteristics: dict[str, str] = field(default_factory=dict)
