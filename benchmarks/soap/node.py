"""Facades on Node.js, installed into a folder of their own and started on the core that is measured."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving import Server
from benchmarks.soap.products import WSDL

NPM = Path(__file__).parent / "npm"
INSTALL_S = 300


def installed(folder: Path) -> dict[str, str] | None:
    """The versions of what is compared; None where npm is not here or cannot install, which is then said."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        print("node and npm are not here: strong-soap and soap are left out")
        return None
    for file in NPM.iterdir():
        shutil.copy(file, folder)
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(  # noqa: S603 - a command of our own
        command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False
    )
    if done.returncode:
        print(f"npm could not install them: strong-soap and soap are left out\n{done.stderr[-500:]}")
        return None
    names = ("strong-soap", "soap", "fastify")
    return {
        name: json.loads((folder / "node_modules" / name / "package.json").read_text())["version"] for name in names
    }


@contextmanager
def facade(folder: Path, library: str, endpoint: str) -> Iterator[Server]:
    core = max(os.sched_getaffinity(0))
    command = ["node", "facade.js", library, str(WSDL), endpoint]
    with subprocess.Popen(  # noqa: S603 - a command of our own
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),  # noqa: PLW1509 - no threads are running here
    ) as process:
        try:
            assert process.stdout is not None
            yield Server(int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()
