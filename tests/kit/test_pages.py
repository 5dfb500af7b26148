"""Pages are the list, also of a system that holds more than a law looks at."""

from collections.abc import Awaitable, Callable

import pytest

from banyan import Slice, Window
from contracts.suites.kit import MOST, pages_join

Ask = Callable[[Window], Awaitable[Slice[int]]]


def system(rows: int, *, total: int | None = None, shift: int = 0, again: bool = False) -> Ask:
    async def ask(window: Window) -> Slice[int]:
        offset = max(0, window.offset - shift) if window.limit < MOST else window.offset
        found = list(range(rows))[offset:][: window.limit]
        return Slice(found or ([rows - 1] if again else []), total)

    return ask


@pytest.mark.parametrize("rows", [1, 7, MOST - 1, MOST, MOST + 1, 5 * MOST])
@pytest.mark.parametrize("counted", [True, False])
async def test_however_long_it_is(rows: int, counted: bool) -> None:
    found = await pages_join(system(rows, total=rows if counted else None), 3)
    assert found == list(range(min(rows, MOST)))


@pytest.mark.parametrize(
    "wrong", [system(7, shift=1), system(5 * MOST, shift=1), system(6, again=True), system(7, total=3)]
)
async def test_what_does_not_join_is_found_out(wrong: Ask) -> None:
    with pytest.raises(AssertionError, match=r"pages differ|rows in all"):
        await pages_join(wrong, 3)
