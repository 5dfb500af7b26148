"""What others have published, read where it lies and never copied."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("BANYAN_SHARED", Path(__file__).parents[2] / "shared"))


def shared(path: str) -> Path:
    """A file or folder below BANYAN_SHARED (../shared); where it is not, the test is skipped."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not here (../shared or BANYAN_SHARED)")
    return found
