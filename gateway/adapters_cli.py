"""The commands `banyan adapter ...`: from a WSDL to an adapter that keeps the laws of its ports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from banyan.scaffold.asked import SOAP_PORTS, Method, methods
from banyan.scaffold.guess import LIKELY, Guess, choose, guesses, rank
from banyan.scaffold.requests import logins, session_parts
from banyan.scaffold.write import AUTH, Choice, Occupied, Written, place, write
from banyan.soap.survey import Survey
from gateway import registry
from gateway.adapters_checks import (
    Name,
    Wsdl,
    check,
    diff,
    inspect,
    list_operations,
    located,
    record,
    run,
    show_operation,
    surveyed,
)
from gateway.saying import AsJson, fail, show

app = typer.Typer(
    help="Adapters: list them, and make, try, record and check your own. See docs/guides/add-an-adapter.md.",
    no_args_is_help=True,
)

for command in (run, show_operation, record, check, inspect, diff):
    app.command(command.__name__.partition("_")[0])(command)

_OUT = Console()


@app.command("list")
def adapter_list(as_json: AsJson = False) -> None:
    """List the adapters at hand, the ports they serve and what they lack."""
    rows = [
        {
            "name": manifest.name,
            "title": manifest.title,
            "quality": manifest.quality,
            "ports": ", ".join(manifest.ports),
            "gaps": "; ".join(f"{name}: {gap.why}" for name, gap in manifest.gaps.items()),
        }
        for manifest in registry.discover().values()
    ]
    show(rows, as_json=as_json, title="Adapters", empty="There is no adapter.")


@app.command()
def lineage(name: Name, as_json: AsJson = False) -> None:
    """Tell which legacy field feeds which attribute of ours."""
    adapter = located(name)
    adapter.importable()
    rows = [
        {"noun": noun, "attribute": attribute, "legacy": ", ".join(fed)}
        for noun, attributes in registry.lineage(adapter.manifest).items()
        for attribute, fed in attributes.items()
    ]
    show(rows, as_json=as_json, title=f"Lineage of {name}", empty=f"{name} has no lineage.toml.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Of the adapter and its Python package: acme_billing.")],
    wsdl: Wsdl,
    into: Annotated[
        Path | None,
        typer.Option(
            help="The folder it is made in. The repository's: adapters/NAME; any other: a package of its own."
        ),
    ] = None,
    port: Annotated[
        list[str] | None, typer.Option(help="A port that it serves, such as BalancePort; may come several times.")
    ] = None,
    serve: Annotated[
        list[str] | None,
        typer.Option(metavar="METHOD=OPERATION", help="Which operation serves a method; may come several times."),
    ] = None,
    auth: Annotated[str | None, typer.Option(help=f"How the system knows us: {', '.join(AUTH)}.")] = None,
    title: Annotated[str, typer.Option(help="What people call the system.")] = "",
    owner: Annotated[str, typer.Option(help="Who answers for the adapter.")] = "@you",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: take the flags, and the best guesses.")
    ] = False,
) -> None:
    """Make an adapter from a WSDL: vendors it, guesses what serves what, writes the folder. Overwrites nothing.

    Asks three things, each with a guess that Enter takes: which ports, which operation serves which method, and how
    the system knows us.
    """
    if not name.isidentifier() or name != name.lower():
        fail(f"{name!r} cannot be the name of a Python package: use small letters, digits and _, as in acme_billing", 2)
    seen = surveyed(wsdl)
    if seen.documents.missing:
        _OUT.print("[yellow]not there, and left out:[/] " + "; ".join(seen.documents.missing), highlight=False)
    if not yes:
        list_operations(seen, {})
    ports = _ports(tuple(port or ()), seen, ask=not yes)
    serves = _serves(ports, _pairs(serve or [], ports, seen), seen, ask=not yes)
    choice = Choice(name, ports, serves, _auth(auth, seen, ask=not yes), title, owner)
    try:
        written = write(choice, seen, place(name, into))
    except Occupied as error:
        fail(str(error), 2)
    _tell(choice, written, seen, _pairs(serve or [], ports, seen))


def _ports(given: tuple[str, ...], seen: Survey, *, ask: bool) -> tuple[str, ...]:
    wrong = [each for each in given if each not in SOAP_PORTS]
    if wrong:
        fail(f"{wrong[0]} is no port that SOAP can serve; there are {', '.join(SOAP_PORTS)}", 2)
    if given:
        return given
    ranked = rank(seen)
    likely = [port for port, score in ranked if score >= LIKELY][:1] or [ranked[0][0]]
    if not ask:
        _tell_port(ranked)
        return tuple(likely)
    _OUT.print("\nPorts, the likeliest first: " + ", ".join(f"{port} ({score:.0%})" for port, score in ranked))
    while True:
        said = typer.prompt("1/3 Which ports does it serve", default=",".join(likely))
        wanted = tuple(each.strip() for each in said.split(",") if each.strip())
        wrong = [each for each in wanted if each not in SOAP_PORTS]
        if wanted and not wrong:
            return wanted
        _OUT.print(f"[red]{', '.join(wrong)}: no such port[/]")


def _tell_port(ranked: list[tuple[str, float]]) -> None:
    """Which port was taken without asking, and which others may have been meant."""
    (best, score), *others = ranked
    if score < LIKELY:
        _OUT.print(
            f"[yellow]no port is likely; it was made for {best} ({score:.0%}).[/] If that is wrong, remove the folder"
            f" and name the port: --port one of {', '.join(SOAP_PORTS)}",
            highlight=False,
            soft_wrap=True,
        )
        return
    more = ", ".join(f"{port} ({each:.0%})" for port, each in others if each >= LIKELY)
    also = f"; likely too: {more}: name all you want, --port {best} --port {others[0][0]}" if more else ""
    _OUT.print(f"port {best} ({score:.0%}){also}", highlight=False, soft_wrap=True)


def _pairs(given: list[str], ports: tuple[str, ...], seen: Survey) -> dict[str, str]:
    known = [method.name for method in methods(ports)]
    found = {}
    for pair in given:
        method, _, operation = pair.partition("=")
        if method not in known:
            fail(f"--serve {pair}: {method} is no method of {', '.join(ports)}; there are {', '.join(known)}", 2)
        if operation not in seen.operations:
            fail(f"--serve {pair}: the WSDL has no operation {operation!r}; see banyan adapter inspect", 2)
        found[method] = operation
    return found


def _serves(ports: tuple[str, ...], given: dict[str, str], seen: Survey, *, ask: bool) -> dict[str, str]:
    serves = choose(ports, seen, given)
    if not ask:
        return serves
    _OUT.print("\n2/3 Which operation serves which method? Enter takes the guess, - leaves it out.")
    for method in methods(ports):
        if method.name in given:
            continue
        said = _ask_for(method, serves.get(method.name), seen)
        if said is None:
            serves.pop(method.name, None)
        else:
            serves[method.name] = said
    return serves


def _ask_for(method: Method, guess: str | None, seen: Survey) -> str | None:
    best = [_why(each) for each in guesses(method, seen)]
    kind = "optional" if method.capability else "required"
    _OUT.print(
        f"[bold]{method.name}[/] -> {method.returns} ({kind}): {', '.join(best) or 'nothing looks like it'}",
        highlight=False,
    )
    while True:
        said: str = typer.prompt("   operation", default=guess or "-")
        if said == "-":
            return None
        if said in seen.operations:
            return said
        _OUT.print(f"   [red]there is no operation {said}[/]")


def _why(guess: Guess) -> str:
    """An operation, with what its short words were read as."""
    return f"{guess.operation} ({guess.why})" if guess.why else guess.operation


def _auth(given: str | None, seen: Survey, *, ask: bool) -> str:
    if given is not None and given not in AUTH:
        fail(f"--auth {given} is not known; there are {', '.join(AUTH)}", 2)
    if given is not None:
        return given
    opens, carries = logins(seen.operations.values()), session_parts(seen.operations.values())
    guess = "session" if opens and carries else "none"
    if guess == "session":
        told_ = f"{opens[0].name} opens a session, and {carries[0].name} carries it"
        _OUT.print(f"auth {guess}  [dim]guessed: {told_}; else say --auth[/]", highlight=False, soft_wrap=True)
    if not ask:
        return guess
    while True:
        said: str = typer.prompt(f"\n3/3 How does the system know us ({', '.join(AUTH)})", default=guess)
        if said in AUTH:
            return said


def _tell(choice: Choice, written: Written, seen: Survey, given: Mapping[str, str]) -> None:
    """What was made, what was guessed and why, and what comes next."""
    where = written.place
    shown = where.folder if where.project is None else where.project
    named = choice.name if where.project is None else str(_near(shown))
    _OUT.print(f"[green]made[/] {_near(shown)}: {len(written.files)} files", highlight=False, soft_wrap=True)
    for method in methods(choice.ports):
        operation = choice.serves.get(method.name)
        best = guesses(method, seen)
        if operation is not None:
            why = next((each.why for each in best if each.operation == operation), "")
            close = [
                each.operation for each in best if each.operation != operation and each.score > best[0].score - 0.06
            ]
            doubt = f"; or {', '.join(close)}?" if close else ""
            mark = "" if method.name in given else f"  [dim]guessed{f': {why}' if why else ''}[/][yellow]{doubt}[/]"
            _OUT.print(f"  {method.name} <- {operation}{mark}", highlight=False, soft_wrap=True)
        elif method.capability and best and best[0].score >= LIKELY:
            _OUT.print(
                f"  [dim]{method.name} is optional; {_why(best[0])} looks like it:"
                f" --serve {method.name}={best[0].operation}[/]",
                highlight=False,
                soft_wrap=True,
            )
    for method in methods(choice.ports):
        if method.capability or method.name in choice.serves:
            continue
        best = guesses(method, seen, 1)
        what = f"perhaps {_why(best[0])}" if best else "no operation looks like it"
        operation = best[0].operation if best else "OPERATION"
        _OUT.print(
            f"  [yellow]{method.name} <- ? {what}: say --serve {method.name}={operation}[/]",
            highlight=False,
            soft_wrap=True,
        )
    _OUT.print(
        f"next: [bold]banyan adapter run {named}[/], and edit {_near(where.folder / 'mapping.py')}", soft_wrap=True
    )


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
