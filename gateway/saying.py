"""How commands speak: tables or JSON on standard output, one line about what is wrong on standard error."""

import json
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="For programs: JSON instead of a table.")]

_OUT = Console()
_ERR = Console(stderr=True, soft_wrap=True)


def complain(message: str) -> None:
    _ERR.print(f"[red]banyan:[/] {escape(message)}", highlight=False)


def fail(message: str, code: int = 1) -> NoReturn:
    complain(message)
    raise typer.Exit(code)


def show(rows: list[dict[str, Any]], *, as_json: bool, title: str, empty: str) -> None:
    if as_json:
        typer.echo(json.dumps(rows, indent=2, default=str))
        return
    if not rows:
        _OUT.print(empty)
        return
    table = Table(title=title, title_justify="left")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    _OUT.print(table)
