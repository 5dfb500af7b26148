"""What a legacy system says of itself, read from its manifest.toml without importing its code."""

import tomllib
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from banyan.wire.backend import Backend
from contracts.capability import Support
from contracts.ports import PORTS


class Gap(BaseModel):
    """A capability that is missing, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    support: Support
    why: str


class Limits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(default=8, gt=0)
    timeout_s: float = Field(default=5, gt=0)


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    settle_s: float = Field(default=60, ge=0, description="How long an unanswered write may still be at work")
    sync_every_s: float = Field(default=300, gt=0, description="How often the mirror is refreshed")
    refused: tuple[int, ...] = Field(default=(), description="HTTP statuses that mean: refused before any work")


class Manifest(BaseModel):
    """One adapter: where its class is, which ports it serves, what it can and cannot do."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str
    title: str
    owner: str
    quality: Literal["none", "bronze", "silver", "gold", "platinum"] = "bronze"
    """What it claims to have reached, and `banyan adapter check` proves; "none" while it is being made."""
    cls: str = Field(alias="class")
    """`package.module:Class`."""
    config: str
    simulator: str | None = None
    ports: tuple[str, ...]
    capabilities: dict[str, Support | Gap] = Field(default_factory=dict)
    limits: Limits = Limits()
    facts: Facts = Facts()
    backend: Backend = Backend()
    wsdl: str | None = None
    """Below the adapter's wsdl/ folder."""
    settled_by_hand: dict[str, str] = Field(default_factory=dict)
    """Capability or method of a once-only write without a look-up twin -> why a human settles it."""
    exempt: dict[str, str] = Field(default_factory=dict)
    """Quality rule -> why it does not apply here."""

    @property
    def gaps(self) -> dict[str, Gap]:
        """The capabilities it lacks, with the reason."""
        return {name: said for name, said in self.capabilities.items() if isinstance(said, Gap)}

    @model_validator(mode="after")
    def _says_all(self) -> "Manifest":
        for port in self.ports:
            if port not in PORTS:
                raise ValueError(f"{port} is no port; there are {', '.join(sorted(PORTS))}")
        offered = {
            method.__capability__
            for port in self.ports
            for method in vars(PORTS[port]).values()
            if hasattr(method, "__capability__")
        }
        if offered != set(self.capabilities):
            missing, extra = sorted(offered - set(self.capabilities)), sorted(set(self.capabilities) - offered)
            raise ValueError(f"capabilities must name exactly those of its ports (missing {missing}, unknown {extra})")
        for name, support in self.capabilities.items():
            if support in (Support.PLANNED, Support.ABSENT):
                raise ValueError(f"{name}: say why")
        return self


def read_manifest(path: Path) -> Manifest:
    """The manifest in this file; ValueError naming the file and the keys that are wrong."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        return Manifest.model_validate(said)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'manifest'}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise ValueError(f"{path}: {wrong}") from None
    except (ValueError, OSError) as error:
        raise ValueError(f"{path}: {error}") from error


def discover() -> dict[str, Manifest]:
    """Every adapter at hand: ours by scanning adapters/*/manifest.toml, third parties' by entry point."""
    found = (read_manifest(path) for path in _manifests())
    return {manifest.name: manifest for manifest in found}


def lineage(manifest: Manifest) -> dict[str, dict[str, list[str]]]:
    """Which legacy field feeds which attribute, by noun; empty where the adapter's layouts say it already."""
    path = Path(str(files(manifest.cls.rpartition(".")[0]))) / "lineage.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _manifests() -> Iterator[Path]:
    yield from sorted(Path(str(files("adapters"))).glob("*/manifest.toml"))
    for point in entry_points(group="banyan.adapters"):
        yield Path(str(files(point.value))) / "manifest.toml"
