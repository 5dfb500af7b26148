"""SOAP servers that others wrote, started for a test and ended with it, and our client for them."""

import os
import re
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from shutil import which

import pytest

from banyan import Call, Principal, SystemClock
from banyan.soap import SoapClient, SoapContract
from banyan.wire import Backend, Wire

HERE = Path(__file__).parent
WSDL = HERE / "accounts.wsdl"
SECRET = "4917012345"
"""Stands in what these servers say when they fail; it may not come out of us."""
PATIENCE_S = 20


def needs(*programs: str, package: str) -> None:
    """Skip where a stack is absent."""
    for program in programs:
        if which(program) is None:
            pytest.skip(f"{program} is absent (Debian: apt-get install {package})")


def needs_header(name: str, *, package: str) -> None:
    """Skip where gcc does not find it."""
    asked = ["gcc", "-E", "-x", "c", "-include", name, os.devnull]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip(f"{name} is absent (Debian: apt-get install {package})")


def run(*command: str | Path, within: Path) -> None:
    """A step of building a server."""
    done = subprocess.run(command, cwd=within, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, port: str = r"^(\d+)$", more: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The port that the server says it listens at."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            [*map(str, command)], stdout=told, stderr=told, cwd=log.parent, env={**os.environ, **(more or {})}
        )
    try:
        yield _port(process, log, re.compile(port, re.MULTILINE))
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: "subprocess.Popen[bytes]", log: Path, port: re.Pattern[str]) -> int:
    for _ in range(PATIENCE_S * 20):
        found = port.search(log.read_text(errors="replace"))
        if found is not None:
            return int(found[1])
        assert process.poll() is None, log.read_text(errors="replace")
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace"))


@asynccontextmanager
async def client(
    contract: SoapContract,
    endpoint: str,
    *,
    concurrency: int = 4,
    timeout_s: float = 10,
    backend: Backend | None = None,
) -> AsyncIterator[SoapClient]:
    wire = Wire("foreign", clock=SystemClock(), timeout_s=timeout_s, concurrency=concurrency, backend=backend)
    made = SoapClient(contract, wire, endpoint)
    try:
        yield made
    finally:
        await made.aclose()


def call() -> Call:
    return Call(SystemClock().monotonic() + 15, "default", Principal("tester", "tests", "default"))
