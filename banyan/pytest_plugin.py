"""The contract kit's fixtures and options, found by entry point.

A test class states `adapter_class` and `config(place)`. Where it states `simulator(ledger, clock)` too, the place is
that simulator's address; else it is a drop folder. It gets `adapter`, `southbound` or `folder`, and `calls`.

`--southbound=` says what is under the adapter: `simulator` (as above), `replay` (recordings in tests/cassettes beside
the manifest), `record` and `live` (the system at `--endpoint`; `record` writes the recordings, also of what others
captured and `--captures` names). A class may state `private_elements` and `volatile_elements`: more names of elements
to be blanked, and not to be compared.
"""
# Imports wait for their fixture: pytest loads this plugin in every run, and most runs need no adapter.
# ruff: noqa: PLC0415

import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from banyan.kit.budget import Budget
    from banyan.kit.cassettes import Exchanges, Replaying
    from banyan.kit.hearing import Heard
    from banyan.kit.retelling import Captures, Retelling
    from banyan.kit.southbound import Remote, Simulated
    from banyan.kit.stage import Armed, Stage
    from contracts.clock import Clock
    from contracts.ports import Adapter
    from contracts.suites.kit import Another, Calls

pytest.register_assert_rewrite("contracts.suites")
MODES = ("simulator", "replay", "record", "live")
REPLAYED = "http://replay.invalid/"
_ENDING = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    kit = parser.getgroup("banyan", "the contract kit")
    kit.addoption("--southbound", choices=MODES, default="simulator", help="what is under the adapters")
    kit.addoption("--endpoint", metavar="URL", help="where the real system is, for record and live")
    kit.addoption(
        "--captures", metavar="PATH", action="append", type=Path, help="what others captured, for record: .har, .xml"
    )
    kit.addoption("--update-calls", action="store_true", help="write what each question costs into calls.json")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "simulator_only: needs to look into the legacy system or to make it fail")
    config.addinivalue_line("markers", "needs(*capabilities): of abilities that a system may lack")
    mode = config.getoption("southbound")
    given = config.getoption("endpoint"), config.getoption("captures") if mode == "record" else None
    if mode in ("record", "live") and not any(given):
        raise pytest.UsageError(f"--southbound={mode} needs --endpoint URL")
    if all(given):
        raise pytest.UsageError("what was captured is not to be found at an endpoint: say --endpoint or --captures")
    if mode != "simulator" and config.getoption("update_calls"):
        raise pytest.UsageError(f"calls are counted on the simulator: leave out --southbound={mode}")
    writes = mode == "record" or config.getoption("update_calls")
    if writes and config.getoption("numprocesses", None):
        raise pytest.UsageError("what is written is written by one process: leave out -n")
    if mode == "replay":
        from banyan.kit.ending import Ending

        config.stash[_ENDING] = Ending()
        config.pluginmanager.register(config.stash[_ENDING], "banyan-ending")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.config.getoption("southbound") != "simulator" and item.get_closest_marker("simulator_only"):
        from banyan.kit.southbound import ONLY_SIMULATED

        pytest.skip(ONLY_SIMULATED)
    for mark in item.iter_markers("needs"):
        said = tomllib.loads(item.getparent(pytest.Class).obj.manifest.read_text(encoding="utf-8"))["capabilities"]  # type: ignore[union-attr]  # laws are methods
        for capability in mark.args:
            told = said.get(capability)
            if told != "full":
                why = f"{told['support']}: {told['why']}" if isinstance(told, dict) else "not declared"
                pytest.skip(f"{capability} is {why}")


@pytest.fixture(scope="session")
def recorded_spans() -> "InMemorySpanExporter":
    """All spans of this process; the global provider is kept when there is one already."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def clock() -> "Clock":
    """The adapter's clock, the simulator's and the calls'; a class may give another."""
    from contracts.clock import SystemClock

    return SystemClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The drop folder; the adapter makes it."""
    return tmp_path / "drop"


@pytest.fixture
def network(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the adapter may reach: itself nothing in replay, a simulator beside it, everything in record and live."""
    from banyan.kit.network import refused

    mode = request.config.getoption("southbound")
    if mode in ("record", "live"):
        yield
        return
    with refused(loopback=mode == "simulator") as tried:
        yield
    if tried:
        pytest.fail(f"it tried to reach {', '.join(sorted(set(tried)))}")


@pytest.fixture
def exchanges(request: pytest.FixtureRequest) -> "Exchanges":
    """What this test asks of recordings, or of the real system."""
    from banyan.kit.cassettes import Exchanges
    from banyan.kit.recordings import forget, left_out
    from banyan.kit.rules import rules_of

    endpoint, mode = request.config.getoption("endpoint") or REPLAYED, request.config.getoption("southbound")
    rules = rules_of(request.cls, request.node.name, endpoint)
    if mode == "record":
        forget(rules)
    elif mode == "replay" and rules.test in (why := left_out(rules.folder)):
        pytest.skip(why[rules.test])
    return Exchanges(rules, endpoint)


@pytest.fixture(scope="class")
def captures(request: pytest.FixtureRequest) -> "Captures":
    """What others captured of the class's system."""
    from banyan.kit.captures import Unusable
    from banyan.kit.retelling import Captures

    try:
        return Captures(request.config.getoption("captures"), request.cls)
    except Unusable as wrong:
        raise pytest.UsageError(str(wrong)) from None


@pytest.fixture
def retelling(exchanges: "Exchanges", captures: "Captures") -> "Iterator[Callable[[], Retelling]]":
    """What others captured instead of a system; a test that it does not suffice for is left out of replays too."""
    from banyan.kit.recordings import leave_out
    from banyan.kit.retelling import Retelling

    missing: list[str] = []
    yield lambda: Retelling(captures, exchanges.rules, missing)
    if missing:
        leave_out(exchanges.rules, missing[0])


@pytest.fixture
def replaying(request: pytest.FixtureRequest, exchanges: "Exchanges") -> "Iterator[Callable[[], Replaying]]":
    """Recordings instead of a network; one that is missing fails the test, whatever the adapter makes of it."""
    from banyan.kit.cassettes import Replaying

    played: set[str] = set()
    missing: list[str] = []
    yield lambda: Replaying(exchanges, played, missing)
    request.config.stash[_ENDING].play(request.node.nodeid, played)
    if missing:
        pytest.fail("\n".join(missing))


@pytest.fixture
async def southbound(
    request: pytest.FixtureRequest, clock: "Clock", recorded_spans: "InMemorySpanExporter"
) -> AsyncIterator["Simulated | Remote"]:
    """The class's simulator, fresh, on a socket of this process; or what takes its place."""
    from banyan.kit.building import built
    from banyan.kit.hearing import crashes
    from banyan.kit.southbound import Remote, Simulated
    from banyan.simulate import Ledger, running

    recorded_spans.clear()
    if request.config.getoption("southbound") != "simulator":
        yield Remote(request.getfixturevalue("exchanges"), recorded_spans)
        return
    simulator = await built(request.cls.simulator, Ledger(clock), clock)
    with crashes() as failed:
        async with running(simulator) as addresses:
            yield Simulated(simulator, addresses, recorded_spans)
    if failed:
        pytest.fail(f"the simulator itself failed, so the adapter met nothing that the law meant:\n{failed[0]}")


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str | Path:
    """Where the class's adapter finds its system."""
    if not _calls_a_system(request.cls):
        folder: Path = request.getfixturevalue("folder")
        return folder
    if request.config.getoption("southbound") == "simulator":
        simulated: Simulated = request.getfixturevalue("southbound")
        return simulated.addresses.url
    exchanges: Exchanges = request.getfixturevalue("exchanges")
    return exchanges.endpoint


@pytest.fixture
async def stage(
    request: pytest.FixtureRequest,
    clock: "Clock",
    place: str | Path,
    network: None,  # noqa: ARG001 - it is refused while this stands
) -> AsyncIterator["Stage"]:
    """Builds the class's adapters, configured for its system, and closes them."""
    from banyan.kit.stage import Stage

    built_here = Stage(request.cls, place, clock, _transport(request))
    yield built_here
    await built_here.aclose()


@pytest.fixture
async def adapter(request: pytest.FixtureRequest, stage: "Stage", calls: "Calls") -> "Adapter":
    """The class's adapter, past its login where a simulated system has sessions."""
    made: Adapter = await stage.another()
    if request.config.getoption("southbound") == "simulator" and _has_sessions(request.cls):
        await made.probe(calls())
    return made


@pytest.fixture
def another(stage: "Stage") -> "Another":
    """Makes one more adapter of the same system."""
    return stage.another


@pytest.fixture
async def armed(stage: "Stage") -> "Armed":
    """The class's adapter with a made-up word for every secret."""
    return await stage.armed()


@pytest.fixture
def calls(clock: "Clock") -> "Calls":
    """Makes calls that wait for ten seconds, or as long as is said."""
    from banyan.kit.stage import calls_by

    return calls_by(clock)


@pytest.fixture
def budget(request: pytest.FixtureRequest) -> "Budget":
    """calls.json beside the class's manifest."""
    from banyan.kit.budget import NAME, Budget

    update = request.config.getoption("update_calls")
    fresh = request.config.getoption("southbound") == "simulator"
    return Budget(request.cls.manifest.parent / NAME, request.cls.__name__, update=update, fresh=fresh)


@pytest.fixture
def heard(recorded_spans: "InMemorySpanExporter") -> Iterator["Heard"]:
    """All that is logged and traced while the test runs."""
    from banyan.kit.hearing import hearing

    with hearing(recorded_spans) as ears:
        yield ears


@pytest.fixture
def unblocked(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[object]]:
    """While its block runs, a call that blocks the loop raises where it is made."""
    from banyan.kit.blocking import detector

    return lambda: detector(request.cls.adapter_class)


def _has_sessions(facts: type[Any]) -> bool:
    manifest: Path | None = getattr(facts, "manifest", None)
    said = {} if manifest is None else tomllib.loads(manifest.read_text(encoding="utf-8"))
    return bool(said.get("backend", {}).get("auth") == "session")


def _calls_a_system(facts: type[Any]) -> bool:
    from contracts.suites.wire import WireContract

    return hasattr(facts, "simulator") or issubclass(facts, WireContract)


def _transport(request: pytest.FixtureRequest) -> Any:
    mode = request.config.getoption("southbound")
    if mode == "simulator" or not _calls_a_system(request.cls):
        return None
    if mode == "replay":
        return request.getfixturevalue("replaying")
    from banyan.kit.cassettes import Live, Recording

    exchanges = request.getfixturevalue("exchanges")
    if request.config.getoption("captures"):
        retelling = request.getfixturevalue("retelling")
        return lambda: Recording(exchanges, retelling())
    return lambda: (Recording if mode == "record" else Live)(exchanges)
