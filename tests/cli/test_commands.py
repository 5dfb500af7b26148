"""Commands say in one line what is wrong: 2 for how they were called or configured, 1 for what failed."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from gateway.cli import app, main
from tests.house import wait_for

BROKEN = {
    "no TOML": "[gateway\nport=1",
    "unknown setting": "[gateway]\ncolour = 'red'",
    "wrong type": "[gateway]\nport = 'many'",
    "not UTF-8": "[gateway]\noperator = '\udcff'",
}


def banyan(folder: Path, *arguments: str) -> Result:
    with chdir(folder):
        return CliRunner().invoke(app, arguments, prog_name="banyan")


def told(ran: Result, code: int, *words: str) -> None:
    assert ran.exit_code == code, ran.output
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    for word in words:
        assert word in ran.stderr


def configured(folder: Path, more: str = "", port: int = 0) -> Path:
    config = folder / "banyan.toml"
    config.write_text(f'[gateway]\nport = {port}\n[store]\nurl = "sqlite:///{folder / "banyan.db"}"\n{more}')
    return config


@contextmanager
def serving(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(config), "--end-with-stdin"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.communicate(timeout=30)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_configuration(case: str, tmp_path: Path) -> None:
    config = tmp_path / "banyan.toml"
    config.write_bytes(BROKEN[case].encode("utf-8", "surrogateescape"))
    told(banyan(tmp_path, "serve", "--config", str(config)), 2, "banyan:")


def test_no_configuration(tmp_path: Path) -> None:
    told(banyan(tmp_path, "serve"), 2, "--config")
    told(banyan(tmp_path, "serve", "--config", "none.toml"), 2, "none.toml")
    for words in (["doctor"], ["usage", "files"], ["usage", "suspense"], ["trace", "nobody"]):
        told(banyan(tmp_path, *words), 2, "--config")
    assert not list(tmp_path.iterdir())


def test_a_store_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = str(configured(tmp_path))
    monkeypatch.setenv("BANYAN_STORE__URL", "mysql://db/x")
    for words in (["serve"], ["doctor"], ["usage", "files"], ["trace", "nobody"]):
        told(banyan(tmp_path, *words, "--config", config), 2, "mysql")
    monkeypatch.setenv("BANYAN_STORE__URL", "postgresql://u@127.0.0.1:1/x")
    told(banyan(tmp_path, "usage", "files", "--config", config), 1, "does not answer")


def test_a_file_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["banyan", "contract", "docs", "--into", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert f"{tmp_path}: Is a directory" in capsys.readouterr().err


def test_an_unknown_adapter(tmp_path: Path) -> None:
    config = str(configured(tmp_path, "[adapters.cobol]\n"))
    told(banyan(tmp_path, "serve", "--config", config), 2, "cobol", "jbilling")
    assert banyan(tmp_path, "doctor", "--config", config).exit_code == 1


def test_an_adapter_without_its_settings(tmp_path: Path) -> None:
    told(banyan(tmp_path, "serve", "--config", str(configured(tmp_path, "[adapters.jbilling]\n"))), 2, "endpoint")


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told(banyan(tmp_path, "serve", "--config", str(configured(tmp_path, port=port))), 1, str(port))


def test_a_store_in_use(tmp_path: Path) -> None:
    """Two writers of one SQLite store would break each other's leases: the second is refused."""
    config = configured(tmp_path)
    with serving(config):
        wait_for("the store", (tmp_path / "banyan.db").exists)
        told(banyan(tmp_path, "serve", "--config", str(config)), 1, "another gateway")


def test_nothing_to_show(tmp_path: Path) -> None:
    told(banyan(tmp_path, "trace", "nobody", "--config", str(configured(tmp_path))), 1, "trace store")
    told(banyan(tmp_path, "contract", "import", str(tmp_path)), 2, "no official document")
    told(banyan(tmp_path, "simulate", "cobol"), 2, "cobol", "jbilling")
    assert banyan(tmp_path, "usage").exit_code == 2
    assert banyan(tmp_path, "colour").exit_code == 2


def test_a_doctor_who_finds_nothing_wrong(tmp_path: Path) -> None:
    assert banyan(tmp_path, "doctor", "--json", "--config", str(configured(tmp_path))).exit_code == 0
