"""calls.json beside a manifest: by test class and port method, how many southbound calls a question costs."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

NAME = "calls.json"
HOW = "pytest --update-calls"


class Budget:
    """What one test class may spend."""

    def __init__(self, file: Path, owner: str, *, update: bool) -> None:
        self._file = file
        self._owner = owner
        self._update = update

    def hold(self, spent: Mapping[str, int]) -> None:
        """Fails when the figures are not those of the file; skips when it has none for this class yet."""
        known = read(self._file)
        if self._update:
            known[self._owner] = dict(spent)
            self._file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            return
        if self._owner not in known:
            pytest.skip(f"{NAME} has no budget of {self._owner} yet: `{HOW}` writes it")
        budget = known[self._owner]
        differ = [
            f"{name}: {spent.get(name, 'not asked')}, budgeted {budget.get(name, 'nothing')}"
            for name in sorted({*spent, *budget})
            if spent.get(name) != budget.get(name)
        ]
        if differ:
            pytest.fail(f"southbound calls differ from {NAME} ({'; '.join(differ)}); if they should, `{HOW}`")


def read(file: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found
