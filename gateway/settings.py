"""What the operator decides, read once from banyan.toml and BANYAN_* variables, frozen, and handed down."""

from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

CONTRACTS = Path(str(files("contracts"))) / "tmf"
RECONCILE_S = (5.0, 30.0, 120.0, 600.0, 3600.0)


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gateway(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535, description="Of the TM Forum APIs; 0 picks a free one")
    operator: str = Field(default="default", description="The telco brand whose customers are served")
    contracts: Path | None = Field(
        default=None, description="The folder of contract documents to serve; by default the ones that came along"
    )
    validation: Literal["tolerant", "strict"] = Field(
        default="tolerant", description="strict refuses attributes and types that a contract does not know"
    )
    drain_s: float = Field(default=10, ge=0, description="How long a stopping gateway finishes what it has begun")


class StoreSettings(Section):
    url: str = Field(default="sqlite:///state/banyan.db", description="sqlite:///FILE or postgresql://...")
    usage_url: str | None = Field(
        default=None,
        description="Where usage is kept; by default usage.db beside the SQLite file, or the same database",
    )

    @property
    def usage(self) -> str:
        if self.usage_url is not None:
            return self.usage_url
        if not self.url.startswith("sqlite:///"):
            return self.url
        return f"sqlite:///{Path(self.url.removeprefix('sqlite:///')).with_name('usage.db')}"


class Telemetry(Section):
    traces: Path | None = Field(default=None, description="The local trace store; by default traces.db beside SQLite")
    otlp: str | None = Field(default=None, description="An OTLP/HTTP endpoint; when set, spans go there as well")
    ratio: float = Field(default=1.0, ge=0, le=1, description="The share of requests that are traced")


class Orders(Section):
    reconcile: tuple[float, ...] = Field(
        default=RECONCILE_S,
        description="Seconds after which an unanswered write is looked up in the legacy",
    )


class Hub(Section):
    allow: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "::1"),
        description="Hosts of this machine or network that a listener's callback may name; http only to these",
    )
    ports: tuple[int, ...] = Field(default=(443, 8443), description="Ports that a public callback may name")
    handshake: str | None = Field(
        default=None, description="Our name; when set, the host of a callback has to allow it before it hears anything"
    )


class Cors(Section):
    origins: tuple[str, ...] = Field(
        default=(), description="Web pages of these origins may call the APIs; * means all, none by default"
    )
    max_age_s: int = Field(default=600, ge=0, description="How long a browser keeps the answer of a preflight")


class Limits(Section):
    body_bytes: int = Field(default=1_000_000, gt=0)
    read_s: float = Field(default=10, gt=0, description="The deadline of a read")
    write_s: float = Field(default=30, gt=0, description="The deadline of a write")
    monitor_days: float = Field(default=7, gt=0, description="How long the monitor of an ended write is kept")
    require_if_match: bool = Field(default=False, description="Refuse a change or removal that names no revision: 428")


class Facts(Section):
    """What this deployment knows better than an adapter's manifest."""

    settle_s: float | None = Field(default=None, ge=0)
    sync_every_s: float | None = Field(default=None, gt=0)


class Settings(BaseSettings):
    """One gateway. `adapters` has one table per legacy system; its keys are the adapter's own configuration."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="BANYAN_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    gateway: Gateway = Gateway()
    store: StoreSettings = StoreSettings()
    telemetry: Telemetry = Telemetry()
    orders: Orders = Orders()
    hub: Hub = Hub()
    cors: Cors = Cors()
    limits: Limits = Limits()
    adapters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    facts: dict[str, Facts] = Field(default_factory=dict)

    @property
    def traces(self) -> Path | None:
        """Where spans are kept on this machine; on PostgreSQL they are when no collector takes them."""
        if self.telemetry.traces is not None:
            return self.telemetry.traces
        if self.store.url.startswith("sqlite:///"):
            return Path(self.store.url.removeprefix("sqlite:///")).with_name("traces.db")
        return None if self.telemetry.otlp else Path("state/traces.db")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the framework's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, settings_cls.model_config.get("toml_file"))
        return init_settings, env_settings, toml


def read(config: Path | None) -> Settings:
    """The settings of this file (None: defaults and environment). FileNotFoundError, or pydantic's ValidationError."""
    if config is None:
        return Settings()
    if not config.is_file():
        raise FileNotFoundError(f"no such configuration file: {config}")

    class FromFile(Settings):
        model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
            **{**Settings.model_config, "toml_file": config}
        )

    return FromFile()
