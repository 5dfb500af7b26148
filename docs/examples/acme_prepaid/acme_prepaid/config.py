"""What one installation of Acme Prepaid needs to be told."""

from banyan.config import SoapConfig
from pydantic import Field


class Config(SoapConfig):
    """Endpoint, credentials and limits are there. Add what differs between installations, each with a description."""

    probe_subscriber: str = Field("0", title="Probe", description="The id that the probe asks for; need not exist")
