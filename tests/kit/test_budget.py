"""calls.json: exact where a system starts anew for each question, a bound where it keeps its state."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.parlayx.tests.test_contract import TestParlayx as Facts
from banyan.kit.budget import NAME, Budget, Figure
from tests.architecture.biting import given

MOST: Figure = {"most": 4}
LAW = "test_it_calls_as_often_as_budgeted"


def budget(folder: Path, figures: dict[str, Figure], *, fresh: bool = True, update: bool = False) -> Budget:
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_text(json.dumps({"TestIt": figures}))
    return Budget(folder / NAME, "TestIt", update=update, fresh=fresh)


@pytest.mark.parametrize(("spent", "budgeted", "fresh"), [(2, 2, True), (3, MOST, True), (3, MOST, False)])
def test_what_is_within_it_holds(tmp_path: Path, spent: int, budgeted: Figure, fresh: bool) -> None:
    budget(tmp_path, {"top_up": budgeted}, fresh=fresh).hold({"top_up": spent})


@pytest.mark.parametrize(
    ("spent", "budgeted", "fresh", "told"),
    [
        (1, 2, True, "top_up: 1, budgeted 2"),
        (3, 2, True, "top_up: 3, budgeted 2"),
        (5, MOST, False, "top_up: 5, budgeted at most 4"),
    ],
)
def test_what_is_not_within_it_is_told(tmp_path: Path, spent: int, budgeted: Figure, fresh: bool, told: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=told):
        budget(tmp_path, {"top_up": budgeted}, fresh=fresh).hold({"top_up": spent})


def test_what_nobody_budgeted_or_asked_is_told(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="moves: not asked, budgeted 1; top_up: 1, budgeted nothing"):
        budget(tmp_path, {"moves": 1}).hold({"top_up": 1})


def test_numbers_say_nothing_of_a_system_that_keeps_its_state(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="counts on the simulator"):
        budget(tmp_path, {"top_up": 2}, fresh=False).hold({"top_up": 7})
    budget(tmp_path, {"top_up": 2, "moves": {"most": 1}}, fresh=False).hold({"top_up": 7, "moves": 1})


def test_a_bound_is_never_lowered(tmp_path: Path) -> None:
    held = budget(tmp_path, {"customers": {"most": 4}, "bills": {"most": 4}, "top_up": 1}, update=True)
    held.hold({"customers": 3, "bills": 5, "top_up": 2})
    written = json.loads((tmp_path / NAME).read_text())["TestIt"]
    assert written == {"customers": {"most": 4}, "bills": {"most": 5}, "top_up": 2}


async def test_a_system_that_keeps_its_state_is_held_to_bounds_alone(
    tmp_path: Path, recorded_spans: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A top-up that is found is not sent again: a call less. A voucher that is spent is looked up: one more."""
    exact = json.loads((Facts.manifest.parent / NAME).read_text())[Facts.__name__]
    bounds = budget(tmp_path / "bounds", {**exact, "top_up": {"most": 2}, "redeem": {"most": 2}}, fresh=False)
    async with given(Facts, tmp_path, recorded_spans) as fixtures:
        asked = {name: fixtures[name] for name in ("another", "southbound", "calls")}
        law = getattr(Facts(), LAW)
        await law(**asked, budget=budget(tmp_path, exact))
        monkeypatch.setattr(type(fixtures["southbound"]), "reset", lambda _: None)
        for _ in range(2):
            await law(**asked, budget=bounds)
        with pytest.raises(pytest.fail.Exception, match="redeem: 2, budgeted 1; top_up: 1, budgeted 2"):
            await law(**asked, budget=budget(tmp_path, exact))
