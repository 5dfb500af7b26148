"""Runs one law of a suite against one adapter, with what pytest would hand to it."""

import inspect
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from banyan import SystemClock
from banyan.kit.blocking import detector
from banyan.kit.budget import NAME, Budget
from banyan.kit.building import built
from banyan.kit.hearing import hearing
from banyan.kit.southbound import Simulated
from banyan.kit.stage import Stage, calls_by
from banyan.simulate import Ledger, running


@asynccontextmanager
async def given(facts: type[Any], folder: Path, spans: Any) -> AsyncIterator[dict[str, Any]]:
    """Fixtures by name. `facts.clock_of`, where it is there, makes the clock."""
    clock: Any = getattr(facts, "clock_of", SystemClock)()
    async with AsyncExitStack() as stack:
        place: Any = folder / "drop"
        fixtures: dict[str, Any] = {"calls": calls_by(clock), "folder": place}
        if hasattr(facts, "simulator"):
            simulator = await built(facts.simulator, Ledger(clock), clock)
            addresses = await stack.enter_async_context(running(simulator))
            spans.clear()
            fixtures["southbound"] = Simulated(simulator, addresses, spans)
            fixtures["heard"] = stack.enter_context(hearing(spans))
            place = addresses.url
        if not inspect.isabstract(facts.adapter_class):
            stage = Stage(facts, place, clock)
            stack.push_async_callback(stage.aclose)
            fixtures |= {"another": stage.another, "adapter": await stage.another()}
            if hasattr(facts, "simulator"):
                fixtures["armed"] = await stage.armed()
        fixtures["budget"] = Budget(facts.manifest.parent / NAME, facts.__name__, update=False, fresh=True)
        fixtures["unblocked"] = lambda: detector(facts.adapter_class)
        yield fixtures


async def tried(law: str, facts: type[Any], arguments: dict[str, Any], folder: Path, spans: Any) -> None:
    """Raises what the law finds wrong."""
    async with given(facts, folder, spans) as fixtures:
        method = getattr(facts(), law)
        asked = inspect.signature(method).parameters
        done = method(**{name: it for name, it in (fixtures | arguments).items() if name in asked})
        if inspect.isawaitable(done):
            await done
