"""What each adapter says of itself is true: README, manifest, imports, and that it starts without a network."""

import ast
import os
import socket
from pathlib import Path

import pytest

import adapters
import banyan
import banyan.model
import banyan.ports
from banyan import SystemClock
from banyan.ports import Adapter
from banyan.scaffold.descriptions import descriptions
from gateway.registry import discover, named

ROOT = Path(adapters.__file__ or "").parent
NAMES = sorted(path.parent.name for path in ROOT.glob("*/manifest.toml"))
PUBLIC = {
    "banyan",
    "banyan.config",
    "banyan.files",
    "banyan.mapping",
    "banyan.model",
    "banyan.ports",
    "banyan.simulate",
}
PUBLIC |= {"banyan.soap", "banyan.wire"}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_from_its_settings_is_current(name: str) -> None:
    manifest = discover()[name]
    for each in descriptions(ROOT / name, manifest, named(manifest.config)):
        if os.environ.get("BANYAN_WRITE"):
            each.file.write_text(each.wanted, encoding="utf-8")
        assert each.current, f"{each.file.name} is stale: banyan adapter check {name} --fix"


@pytest.mark.parametrize("name", NAMES)
def test_its_settings_begin_with_what_its_manifest_knows(name: str) -> None:
    manifest = discover()[name]
    fields = named(manifest.config).model_fields
    for setting, known in (
        ("concurrency", manifest.limits.concurrency),
        ("timeout_s", manifest.limits.timeout_s),
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
