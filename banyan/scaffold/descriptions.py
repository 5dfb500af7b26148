"""The parts of an adapter that are written from its config.py and manifest.toml, and must be as they say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined, to_jsonable_python

from banyan.manifest import Manifest

BEGIN, END = "<!-- facts:", "<!-- end of facts -->"


@dataclass(frozen=True, slots=True)
class Description:
    """A file that is written, or a part of one."""

    file: Path
    wanted: str

    @property
    def current(self) -> bool:
        return self.file.is_file() and self.file.read_text(encoding="utf-8") == self.wanted


def descriptions(folder: Path, manifest: Manifest, config: type[BaseModel]) -> list[Description]:
    """README.md's tables, .env.example and config.schema.json. ValueError when the README has no place for them."""
    return [
        Description(folder / "README.md", _readme(folder / "README.md", manifest, config)),
        Description(folder / ".env.example", "".join(f"{line}\n" for line in environment(manifest, config))),
        Description(folder / "config.schema.json", json.dumps(_schema(config), indent=2) + "\n"),
    ]


def facts_of(manifest: Manifest, config: type[BaseModel]) -> Iterator[str]:
    """The lines of the README's two tables."""
    yield f"| Key of `[adapters.{manifest.name}]` | Meaning | Default |"
    yield "|-|-|-|"
    for name, field in config.model_fields.items():
        if not field.title or not field.description:
            raise ValueError(f"{name} of Config has no title or no description")
        yield f"| `{name}` | {field.description} | {_told(field.get_default(call_default_factory=True))} |"
    yield ""
    yield "| Fact | |"
    yield "|-|-|"
    yield f"| ports | {', '.join(f'`{port}`' for port in manifest.ports)} |"
    able = [f"`{name}` {getattr(said, 'support', said)}" for name, said in manifest.capabilities.items()]
    yield f"| capabilities | {', '.join(able) or 'its ports have no optional ones'} |"
    yield f"| limits | {manifest.limits.concurrency} calls in flight, {manifest.limits.timeout_s:g} s for an attempt |"
    known = manifest.facts
    refused = ", ".join(map(str, known.refused)) or "none"
    yield (
        f"| known | an unanswered write is settled after {known.settle_s:g} s; mirrored every {known.sync_every_s:g} s;"
        f" statuses that mean refused before work: {refused} |"
    )
    yield f"| quality | {manifest.quality} |"


def environment(manifest: Manifest, config: type[BaseModel]) -> Iterator[str]:
    """Each setting as a variable, its default behind it; what must be given stands without a #."""
    for name, field in config.model_fields.items():
        default = field.get_default(call_default_factory=True)
        variable = f"BANYAN_ADAPTERS__{manifest.name.upper()}__{name.upper()}"
        yield f"# {field.description}"
        if default is PydanticUndefined:
            yield f"{variable}="
        else:
            plain = None if isinstance(default, Path) else to_jsonable_python(default)
            yield f"# {variable}={'' if plain is None else plain if isinstance(plain, str) else json.dumps(plain)}"


def _schema(config: type[BaseModel]) -> dict[str, Any]:
    """Without paths that are this machine's."""
    schema = config.model_json_schema()
    for name, field in config.model_fields.items():
        if isinstance(field.default, Path):
            schema["properties"][name].pop("default", None)
    return schema


def _readme(file: Path, manifest: Manifest, config: type[BaseModel]) -> str:
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    head, begins, rest = text.partition(BEGIN)
    mark, _, rest = rest.partition("\n")
    _, ends, tail = rest.partition(END)
    if not begins or not ends:
        raise ValueError(f"{file.name} has no lines `{BEGIN} ... -->` and `{END}` between which its facts belong")
    facts = "\n".join(facts_of(manifest, config))
    return f"{head}{BEGIN}{mark}\n{facts}\n{END}{tail}"


def _told(value: Any) -> str:
    match value:
        case None | dict() if not value:
            told = "none"
        case Path():
            told = f"`{value.name}/`"
        case frozenset() | tuple():
            told = ", ".join(map(str, sorted(value)))
        case dict():
            told = ", ".join(f"{key} = {each}" for key, each in value.items())
        case float():
            told = f"{value:g}"
        case _:
            told = "must be given" if value is PydanticUndefined else str(value)
    return told.lower() if isinstance(value, bool) else told
