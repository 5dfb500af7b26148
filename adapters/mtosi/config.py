"""What the gateway must be told about one MTOSI operations support system."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str = Field(
        title="Endpoint",
        description="Base address; the service activation and service inventory interfaces lie below it",
    )
    username: str | None = Field(None, title="User name", description="For HTTP Basic; absent when the OSS asks none")
    password: SecretStr | None = Field(None, title="Password", description="For HTTP Basic")
    sender: str = Field("urn:banyan:gateway", title="Sender", description="How we sign messages: header senderURI")
    destination: str = Field("urn:oss", title="Destination", description="Whom we address: header destinationURI")
    batch_size: int = Field(100, title="Batch size", description="Services asked for at once", ge=1, le=1000)
    timeout_s: float = Field(3.0, title="Time limit", description="Seconds that one attempt may take", gt=0)
    concurrency: int = Field(8, title="Concurrency", description="Calls in flight at most", ge=1)
