"""What each adapter says of itself is true: README, manifest, imports, and that it starts without a network."""

import ast
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import adapters
import banyan
import banyan.model
import banyan.ports
from banyan import SystemClock
from banyan.ports import Adapter
from gateway.registry import Manifest, discover, named

ROOT = Path(adapters.__file__ or "").parent
NAMES = sorted(path.parent.name for path in ROOT.glob("*/manifest.toml"))
BEGIN, END = "<!-- facts:", "<!-- end of facts -->"
PUBLIC = {
    "banyan",
    "banyan.config",
    "banyan.files",
    "banyan.mapping",
    "banyan.model",
    "banyan.ports",
    "banyan.simulate",
}
PUBLIC |= {"banyan.mapping", "banyan.soap", "banyan.wire"}


def facts_of(manifest: Manifest, config: type[BaseModel]) -> Iterator[str]:
    yield f"| Key of `[adapters.{manifest.name}]` | Meaning | Default |"
    yield "|-|-|-|"
    for name, field in config.model_fields.items():
        assert field.title, f"{name} has no title"
        assert field.description, f"{name} has no description"
        yield f"| `{name}` | {field.description} | {_told(field.get_default(call_default_factory=True))} |"
    yield ""
    yield "| Fact | |"
    yield "|-|-|"
    yield f"| ports | {', '.join(f'`{port}`' for port in manifest.ports)} |"
    able = [f"`{name}` {getattr(said, 'support', said)}" for name, said in manifest.capabilities.items()]
    yield f"| capabilities | {', '.join(able) or 'its ports have no optional ones'} |"
    yield f"| limits | {manifest.limits.concurrency} calls in flight, {manifest.limits.timeout_s:g} s for an attempt |"
    known = manifest.facts
    refused = ", ".join(map(str, known.refused)) or "none"
    yield (
        f"| known | an unanswered write is settled after {known.settle_s:g} s; mirrored every {known.sync_every_s:g} s;"
        f" statuses that mean refused before work: {refused} |"
    )
    yield f"| quality | {manifest.quality} |"


def _told(value: Any) -> str:
    match value:
        case None | dict() if not value:
            told = "none"
        case Path():
            told = f"`{value.name}/`"
        case frozenset() | tuple():
            told = ", ".join(map(str, sorted(value)))
        case dict():
            told = ", ".join(f"{key} = {each}" for key, each in value.items())
        case float():
            told = f"{value:g}"
        case _:
            told = "must be given" if value is PydanticUndefined else str(value)
    return told.lower() if isinstance(value, bool) else told


@pytest.mark.parametrize("name", NAMES)
def test_its_readme_tells_its_settings_and_facts(name: str) -> None:
    readme = ROOT / name / "README.md"
    text = readme.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    mark, _, rest = rest.partition("\n")
    _, _, tail = rest.partition(END)
    manifest = discover()[name]
    facts = "\n".join(facts_of(manifest, named(manifest.config)))
    wanted = f"{head}{BEGIN}{mark}\n{facts}\n{END}{tail}"
    if os.environ.get("BANYAN_WRITE"):
        readme.write_text(wanted, encoding="utf-8")
        text = wanted
    assert text == wanted, "its facts changed: run this with BANYAN_WRITE=1"


@pytest.mark.parametrize("name", NAMES)
def test_its_settings_begin_with_what_its_manifest_knows(name: str) -> None:
    manifest = discover()[name]
    fields = named(manifest.config).model_fields
    for setting, known in (
        ("concurrency", manifest.limits.concurrency),
        ("timeout_s", manifest.limits.timeout_s),
        ("refused", frozenset(manifest.facts.refused)),
    ):
        if setting in fields:
            assert fields[setting].default == known, setting


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_author_needs_nothing_but_the_public_names(path: Path) -> None:
    if "tests" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.partition(".")[0] in ("banyan", "contracts")
        ):
            assert node.module in PUBLIC, f"{path.name} imports {node.module}"
            public = __import__(node.module, fromlist=["__all__"]).__all__
            assert {each.name for each in node.names} <= set(public), f"{path.name}: {node.module}"


def test_the_public_names_are_all_that_ports_speak_of() -> None:
    for module in (banyan, banyan.model, banyan.ports):
        assert all(hasattr(module, name) for name in module.__all__)
    assert {"Call", "Window", "Slice", "Condition", "PortError", "Happened"} <= set(banyan.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_without_a_network(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it asked the network")

    for asked in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, asked, refuse)
    for method in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, method, refuse)
    manifest = discover()[name]
    place = {"folder": tmp_path} if name == "cdr_files" else {"endpoint": "http://legacy.invalid/"}
    adapter: Adapter = named(manifest.cls)(named(manifest.config)(**place), SystemClock())
    assert isinstance(adapter, named(manifest.cls))
