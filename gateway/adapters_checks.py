"""The commands of `banyan adapter` that look at what there is: run, show, record, check, inspect, diff."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from banyan.kit.captures import Unusable, captured
from banyan.kit.recordings import left_out
from banyan.scaffold.differ import compare
from banyan.scaffold.located import Located, Unknown, locate
from banyan.scaffold.quality import LEVELS, judge
from banyan.scaffold.requests import told
from banyan.scaffold.showing import NoOperation, Shown
from banyan.scaffold.showing import show as sampled
from banyan.scaffold.trying import attempt
from banyan.soap.loading import Broken
from banyan.soap.survey import Survey, fallbacks, survey
from banyan.soap.vendor import NoWsdl, gather
from gateway.adapters_run import keep_running, run_once
from gateway.saying import AsJson, fail

Name = Annotated[str, typer.Argument(metavar="NAME", help="An adapter's name, or its folder.")]
Wsdl = Annotated[Path, typer.Option("--wsdl", help="The WSDL file; what it imports is looked for beside it.")]

_OUT = Console()


def run(
    name: Name,
    once: Annotated[bool, typer.Option("--once", help="Run once and end: 0 when all laws hold, else 1.")] = False,
) -> None:
    """Run the contract test on the simulator, and again whenever a file is saved; Ctrl-C ends.

    A line for each law, red where it does not hold; what is not mapped yet, and the first failure in full.
    """
    adapter = located(name)
    if once:
        raise typer.Exit(0 if run_once(adapter, _OUT).green else 1)
    try:
        keep_running(name, adapter, _OUT)
    except KeyboardInterrupt:
        _OUT.print("ended")


def show_operation(
    operation: Annotated[str, typer.Argument(help="As the WSDL names it.")],
    adapter: Annotated[str | None, typer.Option(help="Whose WSDL, and whose mapping.")] = None,
    wsdl: Annotated[Path | None, typer.Option(help="A WSDL that no adapter has yet.")] = None,
    seed: Annotated[int, typer.Option(help="Another sample: 0 has every optional part.")] = 0,
) -> None:
    """Show an operation: sample XML of request and reply, the plain values, and what the mapping makes of them."""
    if (adapter is None) == (wsdl is None):
        fail("say either --adapter NAME or --wsdl FILE", 2)
    found = located(adapter) if adapter is not None else None
    if found is not None and found.wsdl is None:
        fail(f"the manifest of {adapter} names no wsdl", 2)
    try:
        if found is not None and found.wsdl is not None:
            shown = sampled(operation, found.wsdl, found.folder / "wsdl", found, seed=seed)
        else:
            documents = gather(Path(str(wsdl)))
            shown = sampled(operation, documents.wsdl, documents.root, seed=seed)
    except (NoOperation, NoWsdl) as error:
        fail(str(error), 2)
    except Broken as error:
        _unusable(wsdl or adapter, error)
    except ValueError as error:
        fail(f"{operation} cannot be sampled: {error}")
    _draw(operation, shown)


def record(
    name: Name,
    endpoint: Annotated[
        str | None, typer.Option(help="The real system's address, better a sandbox than what customers use.")
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option("--from", help="What others captured of it: a .har file, .xml files, or a folder of them."),
    ] = None,
) -> None:
    """Run the suite against the real system and write what it answers into tests/cassettes, redacted.

    Laws that need to break the system are left out. Afterwards `pytest --southbound=replay` needs no system.
    With --from nothing is asked: what others captured answers, and laws that ask for something else are left out too.
    """
    adapter = _recordable(name, endpoint, files or [])
    folder = adapter.tests / "cassettes"
    before = set(folder.rglob("*.json"))
    source = [f"--captures={file.resolve()}" for file in files or ()] or [f"--endpoint={endpoint}"]
    trial = attempt(adapter, ["--southbound=record", *source])
    if trial.trouble:
        fail(trial.trouble)
    written = sorted(set(folder.rglob("*.json")) - before)
    for law in trial.laws:
        if law.state == "failed":
            _OUT.print(f"[red]red[/] {escape(law.name)}: {escape(law.why)}", highlight=False, soft_wrap=True)
    redacted = sum("redacted" in file.read_text(encoding="utf-8") for file in written)
    _OUT.print(f"{len(written)} recordings written to {folder}, {redacted} of them had secrets that were blanked")
    for file in written:
        told_ = json.loads(file.read_text(encoding="utf-8"))
        _OUT.print(f"  {file.name}: {told_['request']['soapaction']} -> {told_['reply']['status']}", highlight=False)
    for test, why in left_out(folder).items():
        _OUT.print(f"[yellow]left out[/] {escape(test.rpartition('::')[2])}: {escape(why)}", highlight=False)
    if written:
        _OUT.print(
            "numbers of subscribers became others, always the same ones; look through the files before you commit"
        )
    raise typer.Exit(0 if trial.green else 1)


def _recordable(name: str, endpoint: str | None, files: list[Path]) -> Located:
    """The adapter, or exit before a law runs where there is nothing that could answer."""
    if (endpoint is None) == (not files):
        fail("say either --endpoint URL or --from FILE", 2)
    adapter = located(name)
    if adapter.wsdl is None:
        fail(f"{name} speaks no SOAP; there is nothing to record", 2)
    if endpoint is not None and not endpoint.startswith(("http://", "https://")):
        fail(f"--endpoint {endpoint} is no address such as https://sandbox.example/soap", 2)
    try:
        if files:
            captured(files)
    except Unusable as error:
        fail(str(error), 2)
    return adapter


def check(
    name: Name,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the parts of README, .env.example and JSON schema.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge an adapter by the quality scale, rule by rule, and say what the next step needs.

    Exit 1 when it is below the quality that its manifest claims.
    """
    report = judge(located(name), fix=fix)
    if as_json:
        rows = [{"level": f.level, "rule": f.rule, "state": f.state, "told": f.told} for f in report.findings]
        said = {"claimed": report.claimed, "reached": report.reached, "rules": rows, "fallbacks": report.fallbacks}
        typer.echo(json.dumps(said, indent=2))
        raise typer.Exit(0 if report.well else 1)
    table = Table(title=f"Quality of {name}", title_justify="left")
    for column in ("level", "rule", "", "what to do"):
        table.add_column(column, overflow="fold")
    colours = {"ok": "green", "missing": "red", "exempt": "yellow"}
    for each in report.findings:
        table.add_row(each.level, each.rule, f"[{colours[each.state]}]{each.state}[/]", escape(each.told))
    _OUT.print(table)
    for operation, why in report.fallbacks.items():
        _OUT.print(f"[yellow]not compiled, zeep reads and writes it:[/] {operation}: {escape(why)}", highlight=False)
    _OUT.print(f"reached [bold]{report.reached}[/], the manifest claims {report.claimed}", highlight=False)
    if not report.well:
        fail(f"{name} claims {report.claimed} and has reached {report.reached}")
    if LEVELS.index(report.reached) > LEVELS.index(report.claimed):
        _OUT.print(f'write quality = "{report.reached}" into manifest.toml', highlight=False)


def inspect(wsdl: Wsdl, as_json: AsJson = False) -> None:
    """Tell what a WSDL offers: services, operations, what is compiled and what falls back, what is broken at source."""
    seen = surveyed(wsdl)
    slow = fallbacks(seen)
    if not as_json:
        list_operations(seen, slow)
        return
    rows = [
        {
            "name": operation.name,
            "soap": operation.version,
            "style": operation.style,
            "compiled": operation.name not in slow,
            "takes": told(operation.asks),
            "answers": told(operation.answers),
            "faults": list(operation.faults),
            "headers": [part.name for part in operation.headers],
        }
        for operation in seen.operations.values()
    ]
    said = {
        "wsdl": seen.documents.main.as_posix(),
        "files": [file.relative_to(seen.documents.root).as_posix() for file in seen.documents.files],
        "services": list(seen.services),
        "operations": rows,
        "fallbacks": slow,
        "problems": [str(problem) for problem in seen.problems],
        "missing": list(seen.documents.missing),
        "dropped": dict(seen.dropped),
    }
    typer.echo(json.dumps(said, indent=2))


def diff(
    old: Annotated[Path, typer.Argument(help="The WSDL as it is used.")],
    new: Annotated[Path, typer.Argument(help="The WSDL that is to come.")],
    adapter: Annotated[str | None, typer.Option(help="Look only at the operations that this adapter calls.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two versions of a WSDL, operation by operation; exit 1 when something would break.

    What we send and what we read break in different ways: a new part that must be sent breaks, a new part that is
    answered does not.
    """
    found = compare(surveyed(old), surveyed(new))
    if adapter is not None:
        source = _source(located(adapter))
        found = [each for each in found if f'"{each.operation}"' in source or f"'{each.operation}'" in source]
    rows = [
        {"operation": each.operation, "where": each.where, "what": each.what, "breaking": each.breaking}
        for each in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif not rows:
        _OUT.print("nothing changed" + (f" that {adapter} uses" if adapter else ""))
    else:
        table = Table(title=f"{old.name} -> {new.name}", title_justify="left")
        for column in ("operation", "where", "what", ""):
            table.add_column(column, overflow="fold")
        for each in sorted(found, key=lambda each: (not each.breaking, each.operation)):
            mark = "[red]breaking[/]" if each.breaking else "[green]harmless[/]"
            table.add_row(each.operation, each.where, escape(each.what), mark)
        _OUT.print(table)
    raise typer.Exit(1 if any(each.breaking for each in found) else 0)


def located(name: str) -> Located:
    try:
        return locate(name)
    except (Unknown, ValueError) as error:
        fail(str(error), 2)


def _source(adapter: Located) -> str:
    """All that may name an operation which the adapter calls."""
    files = (file for file in adapter.folder.rglob("*.py") if adapter.tests not in file.parents)
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.name != "simulator.py")


def surveyed(wsdl: Path) -> Survey:
    """What a WSDL offers, or exit with what is wrong with it."""
    try:
        return survey(gather(wsdl))
    except NoWsdl as error:
        fail(str(error), 2)
    except Broken as error:
        _unusable(wsdl, error)


def _unusable(what: object, broken: Broken) -> NoReturn:
    fail(f"{what} cannot be used:\n" + "\n".join(f"  {problem}" for problem in broken.problems), 2)


def list_operations(seen: Survey, slow: dict[str, str]) -> None:
    table = Table(title=f"{seen.documents.main.as_posix()}: {', '.join(seen.services)}", title_justify="left")
    for column in ("operation", "takes", "answers"):
        table.add_column(column, overflow="fold")
    for operation in seen.operations.values():
        headers = "".join(f"; header {part.told}" for part in operation.headers)
        table.add_row(operation.name, _cut(told(operation.asks)) + headers, _cut(told(operation.answers)))
    _OUT.print(table)
    _OUT.print(
        f"{len(seen.operations)} operations, {len(seen.operations) - len(slow)} of them compiled", highlight=False
    )
    for name, why in slow.items():
        _OUT.print(f"[yellow]not compiled, zeep reads and writes it:[/] {name}: {escape(why)}", highlight=False)
    for problem in seen.problems:
        _OUT.print(f"[yellow]broken at source:[/] {escape(str(problem))}", highlight=False)
    for name, why in seen.dropped.items():
        _OUT.print(f"[red]cannot be called:[/] {name}: {escape(why)}", highlight=False)


def _cut(text: str, most: int = 200) -> str:
    return text if len(text) <= most else text[:most].rsplit(", ", 1)[0] + ", ..."


def _draw(operation: str, shown: Shown) -> None:
    for title, document, value in (
        (f"{operation}: request", shown.request, shown.request_value),
        (f"{operation}: reply", shown.reply, shown.reply_value),
    ):
        xml = Panel(Syntax(document, "xml", word_wrap=True, background_color="default"), title=title)
        plain = Panel(Syntax(value, "python", word_wrap=True, background_color="default"), title="as a value")
        _OUT.print(Columns([xml, plain], expand=True) if _OUT.width > 160 else xml)  # noqa: PLR2004 - side by side from here on
        if _OUT.width <= 160:  # noqa: PLR2004
            _OUT.print(plain)
    for name, ours in shown.ours:
        _OUT.print(Panel(Syntax(ours, "python", word_wrap=True, background_color="default"), title=f"mapping.{name}"))
