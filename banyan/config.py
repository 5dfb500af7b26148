"""What every SOAP adapter must be told about its installation; adapters subclass it and add what is theirs."""

from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

__all__ = ["SoapConfig"]


class SoapConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str = Field(title="Endpoint", description="Address of the SOAP service; the WSDL's own is never dialled")
    username: str | None = Field(None, title="User name", description="Absent when the system asks for none")
    password: SecretStr | None = Field(None, title="Password", description="Of that user")
    certificate: Path | None = Field(None, title="Certificate", description="PEM file with ours, for mutual TLS")
    key: Path | None = Field(None, title="Key", description="PEM file of its key, where it is a file of its own")
    authority: Path | None = Field(
        None, title="Authority", description="PEM file of who signs the system's certificate, instead of the machine's"
    )
    timezone: ZoneInfo | None = Field(
        None, title="Time zone", description="Of times that carry none, where it is another than the manifest says"
    )
    refused: frozenset[int] | None = Field(
        None,
        title="Refused",
        description="HTTP statuses that mean: turned away before any work, where the manifest errs",
    )
    timeout_s: float = Field(3.0, title="Time limit", description="Seconds that one attempt may take", gt=0)
    concurrency: int = Field(8, title="Concurrency", description="Calls in flight at most", ge=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise ValueError("a key without its certificate")
        if self.username is not None and self.password is None:
            raise ValueError("a user name without its password")
        return self

    @property
    def credentials(self) -> tuple[str, str] | None:
        """User name and password; None when none is configured."""
        if self.username is None or self.password is None:
            return None
        return self.username, self.password.get_secret_value()
