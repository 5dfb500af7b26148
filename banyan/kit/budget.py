"""calls.json beside a manifest: by test class and port method, how many southbound calls a question costs.

A number is what it costs the simulator, which starts anew for each question. `{"most": 20}` is a bound that holds on
every system, also on one that keeps its state: there a question may find what another one did, and cost less or more.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

NAME = "calls.json"
HOW = "pytest --update-calls"
Figure = int | dict[str, int]


class Budget:
    """What one test class may spend. `fresh`: whether the system starts anew for each question."""

    def __init__(self, file: Path, owner: str, *, update: bool, fresh: bool) -> None:
        self._file = file
        self._owner = owner
        self._update = update
        self._fresh = fresh

    def hold(self, spent: Mapping[str, int]) -> None:
        """Fails when the figures are not within those of the file; skips when it has none for this class yet."""
        known = read(self._file)
        if self._update:
            before = known.get(self._owner, {})
            known[self._owner] = {name: _updated(calls, before.get(name)) for name, calls in spent.items()}
            self._file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            return
        if self._owner not in known:
            pytest.skip(f"{NAME} has no budget of {self._owner} yet: `{HOW}` writes it")
        budget = known[self._owner]
        if not self._fresh:
            budget = {name: figure for name, figure in budget.items() if isinstance(figure, dict)}
            spent = {name: spent[name] for name in budget if name in spent}
            if not budget:
                pytest.skip(f'{NAME} counts on the simulator; a bound such as {{"most": 9}} holds here too')
        differ = [
            f"{name}: {spent.get(name, 'not asked')}, budgeted {_told(budget.get(name))}"
            for name in sorted({*spent, *budget})
            if not _holds(spent.get(name), budget.get(name))
        ]
        if differ:
            pytest.fail(f"southbound calls differ from {NAME} ({'; '.join(differ)}); if they should, `{HOW}`")


def read(file: Path) -> dict[str, dict[str, Figure]]:
    found: dict[str, dict[str, Figure]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def _holds(spent: int | None, budgeted: Figure | None) -> bool:
    if isinstance(budgeted, dict):
        return spent is not None and spent <= budgeted["most"]
    return spent == budgeted


def _updated(spent: int, before: Figure | None) -> Figure:
    """A bound stays one."""
    return {"most": max(spent, before["most"])} if isinstance(before, dict) else spent


def _told(budgeted: Figure | None) -> str:
    if budgeted is None:
        return "nothing"
    return f"at most {budgeted['most']}" if isinstance(budgeted, dict) else str(budgeted)
