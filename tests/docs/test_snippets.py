"""Every `sh` block of the README and the guides runs as it stands, one document after the other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SNIPPET = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITH_SNIPPETS = [path for path in DOCUMENTS if SNIPPET.search(path.read_text(encoding="utf-8"))]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the snippets call curl, which is not installed here")
@pytest.mark.parametrize("document", WITH_SNIPPETS, ids=lambda path: str(path.relative_to(ROOT)))
def test_snippets_run(document: Path, house: Path) -> None:
    script = "\n".join(["set -euo pipefail", *SNIPPET.findall(document.read_text(encoding="utf-8"))])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=house,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    missing = [link for link in links if not (document.parent / link).exists()]
    assert not missing
