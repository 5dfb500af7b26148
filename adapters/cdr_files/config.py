"""Where usage files are dropped, and which layouts they may have."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Field(title="Folder", description="The drop folder; `done/` and `held/` are made inside it")
    layouts: Path = Field(
        Path(__file__).parent / "layouts", title="Layouts", description="The folder of layout files (default: ours)"
    )
    names: dict[str, str] = Field(
        default_factory=dict,
        title="Names",
        description='File name patterns that settle the layout, such as `{"*.jb.csv" = "jbilling"}`; '
        "otherwise the content does",
    )
    quiet_s: float = Field(
        0.3, title="Quiet", description="Seconds that a file which nobody announced must stay unchanged", ge=0
    )
    in_place_s: float = Field(
        5.0,
        title="In place",
        description="The same for one that was seen being written in place, without a marker",
        ge=0,
    )
    chunk: int = Field(2500, title="Chunk", description="Rows that are settled together", ge=1)
