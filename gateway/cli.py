"""The command `banyan`: serve, demo, simulate, doctor, trace, usage, contract, adapter.

A command imports what it runs: nobody waits for the gateway to look into a WSDL.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from gateway import registry
from gateway.adapters_cli import app as adapters_app
from gateway.api.tmf630.contract import Contracts, import_all, import_contract, listing
from gateway.saying import AsJson, complain, fail, show
from gateway.settings import CONTRACTS, Settings, read
from gateway.telemetry import read_trace
from gateway.telemetry.tree import draw

app = typer.Typer(help="The gateway around legacy BSS and OSS systems.", no_args_is_help=True, add_completion=False)
usage_app = typer.Typer(help="What came in as usage files.", no_args_is_help=True)
contract_app = typer.Typer(help="The TM Forum contract documents that are served.", no_args_is_help=True)
app.add_typer(usage_app, name="usage")
app.add_typer(contract_app, name="contract")
app.add_typer(adapters_app, name="adapter")

STATE = Path("state")

Rows = list[dict[str, Any]]

Config = Annotated[Path | None, typer.Option("--config", help="The banyan.toml; BANYAN_* variables override it.")]

_OUT = Console()


def main() -> None:
    try:
        app()
    except OSError as error:
        if error.filename is None:
            raise
        complain(f"{error.filename}: {error.strerror}")
        sys.exit(2)


def settings(config: Path | None) -> Settings:
    """The settings, or exit 2 with what is wrong. Without --config, the demo's in state/ serves where it exists."""
    from gateway.store.opening import Location  # noqa: PLC0415

    if config is None:
        config = STATE / "banyan.toml"
        if not config.is_file():
            fail(f"no --config given, and no {config} here; `banyan demo` writes one", 2)
    try:
        found = read(config)
    except FileNotFoundError as error:
        fail(str(error), 2)
    except ValidationError as error:
        wrong = "\n".join(f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        fail(f"the configuration {config} is not valid:\n{wrong}", 2)
    except ValueError as error:
        fail(f"{config} is not valid TOML: {error}", 2)
    try:
        Location.of(found.store.url)
    except ValueError as error:
        fail(f"the configuration {config} is not valid:\n  {error}", 2)
    return found


def _rows(asked: Coroutine[Any, Any, Rows]) -> Rows:
    """What the store tells, or exit 1 where it does not answer."""
    from gateway.store import Unreachable  # noqa: PLC0415

    try:
        return asyncio.run(asked)
    except Unreachable as error:
        fail(f"the store does not answer: {error}")


@app.command()
def serve(
    config: Config = None,
    end_with_stdin: Annotated[
        bool, typer.Option("--end-with-stdin", help="Stop when standard input closes; for a supervisor that pipes.")
    ] = False,
) -> None:
    """Serve the gateway until it is told to stop (SIGTERM, SIGINT)."""
    from gateway import serving  # noqa: PLC0415

    try:
        serving.run(settings(config), end_with_stdin=end_with_stdin)
    except registry.Misconfigured as error:
        fail(str(error), 2)
    except serving.CannotServe as error:
        fail(str(error))


@app.command()
def demo(
    state: Annotated[Path, typer.Option(help="Where the story keeps its files.")] = STATE,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the gateway; 0 picks a free one.")] = 0,
    host: Annotated[str, typer.Option(help="Where the gateway listens.")] = "127.0.0.1",
    store: Annotated[str | None, typer.Option(help="postgresql://USER@HOST/DATABASE instead of SQLite.")] = None,
    end: Annotated[bool, typer.Option("--exit", help="End after the story: 0 when all was proved, else 1.")] = False,
    serve_only: Annotated[bool, typer.Option("--serve-only", help="Start everything, tell no story.")] = False,
) -> None:
    """Tell the whole story on legacy simulators, and prove it against their ledgers."""
    from gateway.demo import run  # noqa: PLC0415

    raise typer.Exit(asyncio.run(run(state, host=host, port=port, store=store, end=end, serve_only=serve_only)))


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def simulate(context: typer.Context, adapter: Annotated[str, typer.Argument(metavar="ADAPTER")]) -> None:
    """Run the simulator of ADAPTER: prints {"port", "control"} and ends when standard input closes."""
    manifest = registry.discover().get(adapter)
    simulated = sorted(name for name, found in registry.discover().items() if found.simulator)
    if manifest is None or manifest.simulator is None:
        fail(f"{adapter} has no simulator; there are {', '.join(simulated)}", 2)
    sys.exit(registry.named(manifest.simulator)(context.args))


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Look at the store and ask every configured system whether it answers; exit 1 when one does not."""
    from gateway import serving  # noqa: PLC0415

    findings = asyncio.run(serving.examine(settings(config)))
    show([finding.row() for finding in findings], as_json=as_json, title="Health", empty="Nothing is configured.")
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


@app.command()
def trace(
    wanted: Annotated[str, typer.Argument(metavar="ORDER_ID", help="An order's id, or a trace id.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Draw the trace of an order: from the REST call to every attempt on the wire, with its outcome."""
    path = settings(config).traces
    if path is None or not path.is_file():
        fail("there is no local trace store; set [telemetry] traces in banyan.toml")
    found, spans = read_trace(path, wanted)
    if not spans:
        fail(f"no trace of {wanted} in {path}; a trace is written within a second of its work")
    if as_json:
        typer.echo(json.dumps({"trace": found, "spans": [span.row() for span in spans]}, indent=2))
    else:
        _OUT.print(draw(found, spans))


@usage_app.command("files")
def usage_files(config: Config = None, as_json: AsJson = False) -> None:
    """List the ledger of files: what each held, and what became of it."""
    from gateway import serving  # noqa: PLC0415

    rows = _rows(serving.usage_files(settings(config)))
    show(rows, as_json=as_json, title="Usage files", empty="No file has come in yet.")


@usage_app.command("suspense")
def usage_suspense(config: Config = None, as_json: AsJson = False) -> None:
    """List the rows in quarantine, with line number and reason."""
    from gateway import serving  # noqa: PLC0415

    rows = _rows(serving.usage_suspense(settings(config)))
    show(rows, as_json=as_json, title="Usage in quarantine", empty="Nothing is in quarantine.")


@contract_app.command("import")
def contract_import(
    official: Annotated[Path, typer.Argument(exists=True, help="An official TM Forum document, or a folder of them.")],
    into: Annotated[Path, typer.Option(help="The folder of contract documents.")] = CONTRACTS,
) -> None:
    """Make a contract document (facts only) from an official Swagger 2.0 or OpenAPI 3.0 file.

    Of a folder, every document that is served already is made anew from the newest release.
    """
    try:
        made = import_all(official, into) if official.is_dir() else [import_contract(official, into)]
    except ValueError as error:
        fail(str(error), 2)
    if not made:
        fail(f"{official} holds no official document of an API that is served", 2)
    for path in made:
        _OUT.print(f"{path} written", highlight=False, soft_wrap=True)


@contract_app.command("docs")
def contract_docs(
    into: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/apis.md"),
    contracts: Annotated[Path, typer.Option(help="The folder of contract documents.")] = CONTRACTS,
) -> None:
    """Write the page that lists every served API, its paths and its resources."""
    into.write_text(listing(Contracts.load(contracts)), encoding="utf-8")
    _OUT.print(f"{into} written", highlight=False)


@contract_app.command("check")
def contract_check(
    against: Annotated[
        Path, typer.Option(exists=True, help="The folder of official TM Forum documents, or one of them.")
    ],
    contracts: Annotated[Path, typer.Option(exists=True, help="The folder of contract documents.")] = CONTRACTS,
    additions: Annotated[bool, typer.Option("--additions", help="List what is served beyond the documents.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare every served API with the official document of its version.

    Paths, parameters, bodies, answers, attributes, types, what is mandatory and enumerations; exit 1 on a difference
    without a stated reason (overrides.json) or where DIR has no document of a served API. What is served beyond a
    document is an addition, no difference.
    """
    from gateway.api.checking import DIFFERENCE, STATED, VERDICTS, check  # noqa: PLC0415

    try:
        found = check(Contracts.load(contracts), against)
    except ValueError as error:
        fail(str(error), 2)
    verdicts = VERDICTS if additions or as_json else (DIFFERENCE, STATED)
    rows = [row for checked in found for row in checked.rows(verdicts)]
    if as_json:
        typer.echo(json.dumps({"apis": [checked.row() for checked in found], "findings": rows}, indent=2))
    else:
        show(rows, as_json=False, title="Findings", empty="No difference.")
        show([checked.row() for checked in found], as_json=False, title="Served and official", empty="Nothing.")
    raise typer.Exit(0 if all(checked.well for checked in found) else 1)
