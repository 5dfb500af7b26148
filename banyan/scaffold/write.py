"""Writes the folder of a new adapter: which ports, which operation serves which method, how the system knows us."""

import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from textwrap import wrap
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from pydantic import BaseModel

from banyan.manifest import read_manifest
from banyan.scaffold.asked import Method, in_model, methods
from banyan.scaffold.compose import compose
from banyan.scaffold.composed import Composed
from banyan.scaffold.descriptions import descriptions
from banyan.scaffold.facts import Table, exceptions, facts, ids, reference, suite_of, tables, unwritten
from banyan.scaffold.guess import LOOK_UPS, guesses
from banyan.scaffold.located import Located
from banyan.scaffold.refusals import asked_first, written
from banyan.scaffold.requests import told
from banyan.scaffold.top_ups import top_ups
from banyan.scaffold.words import READS, split
from banyan.scaffold.works import Work, works
from banyan.soap.survey import Operation, Survey

LINES = 8
"""Of a docstring that lists the parts of a type."""
AUTH = ("none", "basic", "wss", "mtls", "session")


class Occupied(Exception):
    """There is something already; nothing is ever overwritten."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the engineer decided."""

    name: str
    ports: tuple[str, ...]
    serves: Mapping[str, str]
    """Method -> operation."""
    auth: str = "none"
    title: str = ""
    owner: str = "@you"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the adapter goes: inside the repository, or as a project of its own."""

    package: str
    folder: Path
    project: Path | None
    """The folder with the pyproject.toml; None inside the repository."""

    @property
    def path(self) -> Path:
        """What must be importable from."""
        return self.project or self.folder.parents[1]


@dataclass(slots=True)
class Written:
    place: Place
    files: list[Path] = field(default_factory=list)


def place(name: str, into: Path | None) -> Place:
    """`into`: any folder. Inside the repository's adapters/ it is one of ours, elsewhere a project of its own."""
    spec = importlib.util.find_spec("adapters")
    ours = Path(spec.origin).parent.resolve() if spec is not None and spec.origin else None
    into = Path.cwd() if into is None else into
    wanted = into.resolve()
    if ours is not None and wanted in (ours, ours.parent) and (ours.parent / "pyproject.toml").is_file():
        return Place(f"adapters.{name}", ours / name, None)
    return Place(name, wanted / name / name, wanted / name)


def write(choice: Choice, survey: Survey, where: Place) -> Written:
    """Raises Occupied when the folder holds anything already."""
    root = where.project or where.folder
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Occupied(f"{root} is not empty: choose another name or --into another folder, or remove it yourself")
    context = _context(choice, survey, where)
    written = Written(where)
    for template, target in {
        "__init__.py": "__init__.py",
        "manifest.toml": "manifest.toml",
        "config.py": "config.py",
        "adapter.py": "adapter.py",
        "mapping.py": "mapping.py",
        "faults.py": "faults.py",
        "simulator.py": "simulator.py",
        "test_contract.py": "tests/test_contract.py",
        "README.md": "README.md",
    }.items():
        _put(written, where.folder / target, _render(template, context))
    _put(written, where.folder / "py.typed", "")
    if where.project is not None:
        _put(written, where.project / "pyproject.toml", _render("project/pyproject.toml", context))
        _put(written, where.project / ".gitignore", _render("project/gitignore", context))
    written.files += survey.documents.copy(where.folder / "wsdl")
    _tidy(where)
    written.files += _describe(where)
    return written


def _describe(where: Place) -> list[Path]:
    """What is written from config.py and manifest.toml; both are read by importing what was just written."""
    adapter = Located(read_manifest(where.folder / "manifest.toml"), where.folder, where.path)
    adapter.importable()
    importlib.invalidate_caches()
    config: type[BaseModel] = getattr(importlib.import_module(f"{where.package}.config"), "Config")  # noqa: B009 - untyped
    made = descriptions(where.folder, adapter.manifest, config)
    for each in made:
        each.file.write_text(each.wanted, encoding="utf-8")
    return [each.file for each in made[1:]]


def _put(written: Written, path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    written.files.append(path)


def _render(template: str, context: Mapping[str, Any]) -> str:
    made = _environment().get_template(f"{template}.j2").render(**context)
    return re.sub(r"\n{4,}", "\n\n\n", made).rstrip("\n") + "\n"


def _environment() -> Environment:
    folder = files("banyan.scaffold") / "templates"
    load = FunctionLoader(lambda name: folder.joinpath(*name.split("/")).read_text(encoding="utf-8"))
    made = Environment(loader=load, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701 - it writes Python, no HTML
    made.filters["docstring"] = _docstring
    return made


def _docstring(text: str) -> str:
    """Indented, in lines that fit; what is far too long is cut."""
    lines = wrap(text, 109, break_long_words=False, break_on_hyphens=False)
    if len(lines) > LINES:
        lines = [*lines[:LINES], "..."]
    if len(lines) == 1:
        return f'    """{lines[0]}"""'
    return "\n".join([f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """'])


def _tidy(where: Place) -> None:
    """Let ruff lay out what was written, where it is at hand; without it only the line breaks differ."""
    ruff = shutil.which("ruff", path=f"{Path(sys.executable).parent}") or shutil.which("ruff")
    if ruff is None:
        return
    config = ["--config", str((where.project or where.path) / "pyproject.toml")]
    for command in (
        ["check", "--fix-only", "--quiet", "--no-cache", *config],
        ["format", "--quiet", "--no-cache", *config],
    ):
        subprocess.run([ruff, *command, str(where.folder)], cwd=where.path, check=False, capture_output=True)  # noqa: S603 - our own command


def _context(choice: Choice, survey: Survey, where: Place) -> dict[str, Any]:
    asked = methods(choice.ports)
    made = compose(asked, choice.serves, survey, choice.auth)
    serving = {method: survey.operations[operation] for method, operation in choice.serves.items()}
    cls = "".join(part.capitalize() for part in choice.name.split("_"))
    title = choice.title or " ".join(part.capitalize() for part in choice.name.split("_"))
    told_facts = facts(choice.ports, asked, made)
    left = unwritten(choice.ports)
    listed = tables(asked, serving, made)
    probe = _probe(survey, asked, made, choice)
    probed = ids(str(probe["role"]), str(probe["kind"]))[0] if probe["field"] else ""
    booked = works(asked, serving, made, probed if probe["field"] == "probe_reference" else None)
    booked += top_ups(asked, serving, made)
    listed = [each for each in listed if each.variable != "balance_moves" or not _remembered("moves", booked)]
    words = made.adapter_words
    return {
        "name": choice.name,
        "title": title,
        "owner": choice.owner,
        "package": where.package,
        "cls": cls,
        "ports": choice.ports,
        "wsdl": survey.documents.main.as_posix(),
        "wsdl_parts": survey.documents.main.parts,
        "auth": choice.auth,
        "capabilities": _capabilities(asked, choice, survey),
        "by_hand": _by_hand(asked, choice),
        "functions": made.functions,
        "words": list(made.tables.values()),
        "methods": made.methods,
        "currency": made.currency,
        "clock": made.clock,
        "configured": bool(probe["field"]) or made.configured,
        "login": made.login,
        "says": made.says,
        "missing": _missing(made),
        "refuses": made.refuses,
        "login_configured": any(each.name == "login" and each.parameters for each in made.functions),
        "credentials": _credentials(choice, made),
        "mapping_config": any("config: Config" in each.parameters for each in made.functions),
        "probe": probe,
        "faults": exceptions(serving),
        "fault_names": _listed({"Happened", "NotFound", "PortError", "Unavailable", *exceptions(serving).values()}),
        "datetime_names": sorted(made.datetime_names),
        "mapping_imports": _listed({"Record", *made.mapping_names}),
        "mapping_models": _listed(made.model_names),
        "adapter": _adapter_imports(words, probe, choice, login=made.login is not None),
        "tables": listed,
        "works": booked,
        "simulate": _listed(
            {"Generated", "Ledger", "Simulator"}
            | ({"Rows"} if listed else set())
            | ({"Works"} if booked else set())
            | ({"Answer"} if made.missing_header else set())
        ),
        "sim_todo": any("todo(" in use for work in booked for use in (work.known_by, *work.uses)),
        "writes": _writes([each for each in asked if not _remembered(each.name, booked)], serving, listed),
        "test": _test_imports(told_facts, left, credentials=_credentials(choice, made)),
        "probed": probed,
        "suites": [suite_of(port) for port in choice.ports],
        "facts": told_facts,
        "made": left,
        "operations": [
            {
                "method": f"`{method}`",
                "operation": f"`{operation.name}`",
                "takes": _short(told(operation.asks)),
                "answers": _short(told(operation.answers)),
            }
            for method, operation in serving.items()
        ],
    }


def _missing(made: Composed) -> str:
    """What the simulator says about an id that nobody has, where replies tell how it went."""
    body, header = written(made.missing), written(made.missing_header)
    return f"Answer({body}, {header})" if made.missing_header else body if made.missing else ""


def _remembered(method: str, works: list[Work]) -> bool:
    return any(method in each.methods for each in works)


def _adapter_imports(words: set[str], probe: Mapping[str, Any], choice: Choice, *, login: bool) -> dict[str, list[str]]:
    banyan = (
        {"Call", "Clock"}
        | (words & {"Slice", "Window", "Bookmark", "NotFound"})
        | ({"NotFound"} if probe["field"] else set())
    )
    stdlib = (["from contextlib import suppress"] if probe["field"] else []) + (
        ["from datetime import " + ", ".join(sorted(words & {"datetime", "date"}))]
        if words & {"datetime", "date"}
        else []
    )
    todo = {"todo"} if "todo" in words or (choice.auth == "session" and not login) or probe["todo"] else set[str]()
    stdlib += ["from collections.abc import Mapping", "from typing import Any"] if login else []
    return {
        "stdlib": [*stdlib, "from pathlib import Path"],
        "banyan": _listed(banyan),
        "mapping": _listed(todo | ({"Record"} & words)),
        "model": _listed({word for word in words if in_model(word)}),
        "soap": _listed(
            {"connect"} | ({"Login"} if choice.auth == "session" else set()) | ({"SoapClient"} if login else set())
        ),
    }


def _credentials(choice: Choice, made: Composed) -> bool:
    """Whether nothing can be asked without a user name and a password."""
    said = any("config.username" in line or "config.password" in line for each in made.functions for line in each.body)
    return said or choice.auth in ("basic", "wss", "session")


def _test_imports(known: Mapping[str, str], left: list[Any], *, credentials: bool) -> dict[str, list[str]]:
    said = " ".join([*known.values(), *(f"{each.parameters} {each.returns} {' '.join(each.body)}" for each in left)])
    stdlib = ["from datetime import UTC, datetime"] if "tzinfo=UTC" in said else []
    stdlib += ["from decimal import Decimal"] if "Decimal(" in said else []
    model = {word for word in re.findall(r"\b[A-Z]\w+", said) if in_model(word)}
    return {
        "stdlib": [*stdlib, "from pathlib import Path"],
        "model": _listed(model),
        "mapping": ["todo"] if "todo(" in said else [],
        "secret": ["yes"] if credentials else [],
    }


def _probe(survey: Survey, asked: list[Method], made: Composed, choice: Choice) -> dict[str, Any]:
    """The cheapest read there is: one that takes nothing, else one about an id that need not exist."""
    for operation in survey.operations.values():
        if "ping" in split(operation.local) and not any(path[-1].required for path in operation.asks.leaves()):
            return {"sent": f'await self._soap.call(call, "{operation.name}", {{}})', "field": "", "todo": False}
    for method in asked:
        few = [each for each in method.parameters if not each.window]
        if method.semantics != "read" or method.name not in choice.serves or len(few) > 1:
            continue
        asks = next(each for each in made.functions if each.name == f"{method.name}_request")
        keyed = method.key is not None and asks.parameters == f"{method.key.name}: str"
        if asks.parameters and not keyed:
            continue
        named = f"probe_{_role(method)}" if keyed else ""
        request = f"mapping.{method.name}_request({f'self._config.{named}' if keyed else ''})"
        operation = survey.operations[choice.serves[method.name]]
        sent = made.sent(operation, request)
        tells = asked_first(operation, "reply.")
        sent = f"{sent[:-1]}, then=lambda reply: mapping.{tells[0]})" if len(tells) == 1 else sent
        return {
            "sent": sent,
            "field": named,
            "todo": False,
            "role": _role(method),
            "kind": made.keys[method.name].key_kind,
        }
    return {"sent": 'todo("probe: which read costs it next to nothing?", call)', "field": "", "todo": True}


def _role(method: Method) -> str:
    return method.key.name.removesuffix("_id") if method.key is not None else ""


def _capabilities(asked: list[Method], choice: Choice, survey: Survey) -> dict[str, tuple[str, str] | None]:
    found: dict[str, tuple[str, str] | None] = {}
    for method in asked:
        if method.capability is None:
            continue
        best = guesses(method, survey, 1)
        if method.name in choice.serves:
            found[method.capability] = None
        elif best and best[0].score >= 0.5:  # noqa: PLR2004
            found[method.capability] = ("planned", f"{best[0].operation} looks like it; nobody has mapped it yet")
        else:
            found[method.capability] = ("absent", "the WSDL has no operation that looks like it")
    return found


def _by_hand(asked: list[Method], choice: Choice) -> dict[str, str]:
    return {
        method.capability or method.name: "it has no way to look up what was sent: its operator settles it"
        for method in asked
        if method.semantics == "once"
        and (method.name in choice.serves or method.capability is None)
        and LOOK_UPS.get(method.name) not in choice.serves
    }


def _writes(asked: list[Method], serving: Mapping[str, Operation], listed: list[Table]) -> list[dict[str, str]]:
    found = []
    for method in asked:
        operation = serving.get(method.name)
        if operation is not None and method.semantics != "read" and not READS & set(split(operation.local)):
            found.append(
                {
                    "operation": operation.name,
                    "reference": reference(operation),
                    "rows": listed[0].variable if listed else "",
                }
            )
    return found


def _listed(names: set[str]) -> list[str]:
    """As isort has them: constants, classes, functions."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, name))


def _short(text: str, most: int = 160) -> str:
    text = text.replace("|", "/")
    return text if len(text) <= most else text[:most].rsplit(", ", 1)[0] + ", ..."
