from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import running


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which a demo serves, as a reader of the docs has it."""
    folder = tmp_path_factory.mktemp("reader")
    with running(folder / "state"):
        yield folder
