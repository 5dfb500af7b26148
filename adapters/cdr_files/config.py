"""Where usage files are dropped, and which layouts they may have."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    """The drop folder; `done/` and `held/` are made inside it."""
    layouts: Path = Path(__file__).parent / "layouts"
    names: dict[str, str] = Field(default_factory=dict)
    """File name patterns that settle the layout, such as {"*.jb.csv": "jbilling"}; otherwise the content does."""
    quiet_s: float = 0.3
    """How long a file that nobody announced must stay unchanged."""
    in_place_s: float = 5.0
    """The same for one that was seen being written in place without a marker."""
    chunk: int = Field(default=2500, ge=1)
