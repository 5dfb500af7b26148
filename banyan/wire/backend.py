"""What one backend's wire must know: the manifest's [backend] table."""

import codecs
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Backend(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: ZoneInfo | None = Field(None, description="What its times mean that carry no zone")
    code_page: str | None = Field(
        None, description="Of replies that name no encoding, or name one that they are not in: latin-1, cp500"
    )
    unknown_elements: Literal["ignore", "refuse"] = "ignore"
    empty_values: Literal["refuse", "absent"] = Field(
        "refuse", description="What an empty number, date or the like is where it may be left out or nil"
    )
    envelope: Literal["contract", "either"] = "contract"
    gzip: bool = Field(default=True, description="Whether we say that we take packed replies")
    keep_alive: bool = Field(
        default=True, description="False for a server that serves one connection at a time, which an idle one starves"
    )
    cookies: bool = Field(default=False, description="Whether the cookies of the login's reply are the session")
    auth: Literal["none", "basic", "wss", "mtls", "session"] = "none"
    wss_password: Literal["text", "digest"] = Field(
        "digest", description="How the UsernameToken carries its password, where auth is wss"
    )
    reply_bytes: int = Field(10_000_000, gt=0, description="Of a reply after it was unpacked")
    reply_depth: int = Field(100, gt=0, description="Of elements inside elements in a reply")

    @field_validator("code_page")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                codecs.lookup(name)
            except LookupError:
                raise ValueError(f"{name} is no code page") from None
        return name
