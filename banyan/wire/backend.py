"""What one backend's wire must know: the manifest's [backend] table."""

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field


class Backend(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: ZoneInfo | None = Field(None, description="What its times mean that carry no zone")
    code_page: str | None = Field(None, description="Of replies that name no encoding")
    unknown_elements: Literal["ignore", "refuse"] = "ignore"
    envelope: Literal["contract", "either"] = "contract"
    gzip: bool = True
    cookies: bool = False
    auth: Literal["none", "basic", "wss", "mtls", "session"] = "none"
    reply_bytes: int = Field(10_000_000, gt=0)
    reply_depth: int = Field(100, gt=0)
