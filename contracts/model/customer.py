"""Who is served, and where the bills go."""

from contracts.noun import noun


@noun
class Customer:
    id: str
    name: str
    status: str
    """active, suspended or closed, whatever the legacy calls it."""
    given_name: str | None = None
    family_name: str | None = None
    organization: str | None = None
    """Set for a business customer; a person has given and family names."""
    email: str | None = None
    phone: str | None = None
    login: str | None = None
    """The name under which usage records may know the customer."""
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    country: str | None = None


@noun
class Account:
    """A billing account of a customer."""

    id: str
    customer_id: str
    name: str
    currency: str
    status: str = "active"
