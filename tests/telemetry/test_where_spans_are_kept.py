from pathlib import Path

import pytest

from gateway.settings import Settings, StoreSettings, Telemetry

POSTGRES = "postgresql://user@host/database"


@pytest.mark.parametrize(
    ("url", "telemetry", "kept"),
    [
        ("sqlite:///there/banyan.db", Telemetry(), Path("there/traces.db")),
        (POSTGRES, Telemetry(), Path("state/traces.db")),
        (POSTGRES, Telemetry(otlp="http://collector"), None),
        (POSTGRES, Telemetry(otlp="http://collector", traces=Path("kept.db")), Path("kept.db")),
    ],
)
def test_spans_are_kept_here_unless_a_collector_takes_them(url: str, telemetry: Telemetry, kept: Path | None) -> None:
    assert Settings(store=StoreSettings(url=url), telemetry=telemetry).traces == kept
