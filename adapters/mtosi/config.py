"""What the gateway must be told about one MTOSI operations support system."""

from pydantic import Field

from banyan.config import SoapConfig


class Config(SoapConfig):
    endpoint: str = Field(
        title="Endpoint",
        description="Base address; the service activation and service inventory interfaces lie below it",
    )
    sender: str = Field("urn:banyan:gateway", title="Sender", description="How we sign messages: header senderURI")
    destination: str = Field("urn:oss", title="Destination", description="Whom we address: header destinationURI")
    batch_size: int = Field(100, title="Batch size", description="Services asked for at once", ge=1, le=1000)
