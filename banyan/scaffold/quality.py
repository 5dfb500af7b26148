"""The quality scale: what an adapter has reached, rule by rule, and what to do for the next step."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from banyan.kit.redaction import tells_a_secret
from banyan.scaffold.descriptions import descriptions
from banyan.scaffold.located import Located, guessed, todos
from banyan.scaffold.trying import Trial, attempt
from banyan.soap import SoapContract

LEVELS = ("none", "bronze", "silver", "gold")
LINES = 150


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    rule: str
    state: str
    """ok, missing or exempt."""
    told: str
    """What was found; when it is missing, what to do."""


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]
    claimed: str
    fallbacks: dict[str, str]
    trial: Trial | None

    @property
    def reached(self) -> str:
        reached = "none"
        for level in LEVELS[1:]:
            if any(each.state == "missing" for each in self.findings if each.level == level):
                break
            reached = level
        return reached

    @property
    def well(self) -> bool:
        """Whether it is as good as its manifest claims."""
        claimed = LEVELS.index(self.claimed) if self.claimed in LEVELS else len(LEVELS)
        return LEVELS.index(self.reached) >= claimed


class _Judge:
    """Looks at one adapter."""

    def __init__(self, adapter: Located, *, fix: bool) -> None:
        self.adapter = adapter
        self.manifest = adapter.manifest
        self.folder = adapter.folder
        self.fixed = fix
        self.trial: Trial | None = None

    def imports(self) -> str | None:
        self.adapter.importable()
        try:
            _named(self.manifest.cls), _named(self.manifest.config)
        except (ImportError, AttributeError, SyntaxError) as error:
            return f"{error}: class and config in manifest.toml are written package.module:Name"
        return None

    def mapped(self) -> str | None:
        left = todos(self.folder)
        return f"{len(left)} to map, first {left[0]}" if left else None

    def reviewed(self) -> str | None:
        marks = guessed(self.folder)
        return f'{marks} lines are marked "# guessed": look at each, and take the mark away' if marks else None

    def green(self) -> str | None:
        self.trial = attempt(self.adapter)
        if self.trial.trouble:
            return f"the suite did not run: {self.trial.trouble.splitlines()[-1]}"
        first = self.trial.first_failure
        return None if first is None else f"red: {first.law}: {first.why}; `banyan adapter run` shows it in full"

    def described(self) -> str | None:
        try:
            wanted = descriptions(self.folder, self.manifest, _config(self.manifest.config))
        except (ValueError, ImportError, AttributeError) as error:
            return str(error)
        stale = [each for each in wanted if not each.current]
        if self.fixed:
            for each in stale:
                each.file.write_text(each.wanted, encoding="utf-8")
            return None
        named = ", ".join(each.file.name for each in stale)
        return f"{named} differ from config.py and manifest.toml: --fix writes them" if stale else None

    def short(self) -> str | None:
        mapping = self.folder / "mapping.py"
        lines = len(mapping.read_text(encoding="utf-8").splitlines()) if mapping.is_file() else 0
        return f"mapping.py has {lines} lines: take it apart at {LINES}" if lines > LINES else None

    def owned(self) -> str | None:
        return "owner in manifest.toml names nobody: write a team" if self.manifest.owner in ("", "@you") else None

    def budgeted(self) -> str | None:
        written = (self.folder / "calls.json").is_file()
        if not written and self.fixed and attempt(self.adapter, ["--update-calls"]).green:
            return None
        return None if written else "there is no calls.json: --fix writes it when the suite is green"

    def recorded(self) -> str | None:
        cassettes = list(self._cassettes())
        return None if cassettes else "no recordings: `banyan adapter record NAME --endpoint URL`, against a sandbox"

    def clean(self) -> str | None:
        told = [file.name for file in self._cassettes() if tells_a_secret(file.read_text(encoding="utf-8"))]
        return f"{told[0]} holds a secret: delete it, change the secret, record anew" if told else None

    def replayed(self) -> str | None:
        if not list(self._cassettes()):
            return "nothing to replay"
        trial = attempt(self.adapter, ["--southbound=replay"])
        first = trial.first_failure
        return None if trial.green else f"replay is red: {first.law + ': ' + first.why if first else trial.trouble}"

    def settled(self) -> str | None:
        hand = ", ".join(self.manifest.settled_by_hand)
        return f"a human settles {hand}: find an operation that looks it up" if hand else None

    def runbook(self) -> str | None:
        readme = self.folder / "README.md"
        text = readme.read_text(encoding="utf-8").lower() if readme.is_file() else ""
        return None if "## runbook" in text else "README.md has no section `## Runbook`: who is called, what is tried"

    def live(self) -> str | None:
        return "a nightly run with --southbound=live cannot be seen from here: say in [exempt] where it runs"

    def paged(self) -> str | None:
        text = (
            (self.folder / "adapter.py").read_text(encoding="utf-8") if (self.folder / "adapter.py").is_file() else ""
        )
        return "lists are cut after they came whole: let the system page" if "[window.offset :]" in text else None

    def _cassettes(self) -> Iterator[Path]:
        yield from sorted((self.folder / "tests" / "cassettes").rglob("*.json"))


RULES: tuple[tuple[str, str, Callable[[_Judge], str | None]], ...] = (
    ("bronze", "imports", _Judge.imports),
    ("bronze", "mapped", _Judge.mapped),
    ("bronze", "suite green on the simulator", _Judge.green),
    ("bronze", "README, .env.example, config.schema.json current", _Judge.described),
    ("bronze", "no secret in recordings", _Judge.clean),
    ("silver", "owner", _Judge.owned),
    ("silver", "guesses reviewed", _Judge.reviewed),
    ("silver", "short mapping", _Judge.short),
    ("silver", "call budget", _Judge.budgeted),
    ("silver", "recordings of the real system", _Judge.recorded),
    ("silver", "suite green on recordings", _Judge.replayed),
    ("gold", "every write can be looked up", _Judge.settled),
    ("gold", "paging pushed down", _Judge.paged),
    ("gold", "runbook", _Judge.runbook),
    ("gold", "live nightly", _Judge.live),
)


def judge(adapter: Located, *, fix: bool = False) -> Report:
    """Try every rule; the suite runs once, and once more on recordings where there are any."""
    looking = _Judge(adapter, fix=fix)
    findings = []
    for level, rule, look in RULES:
        why = adapter.manifest.exempt.get(rule)
        if why is not None:
            findings.append(Finding(level, rule, "exempt", why))
            continue
        told = look(looking)
        findings.append(Finding(level, rule, "ok" if told is None else "missing", told or ""))
    return Report(tuple(findings), adapter.manifest.quality, fallbacks(adapter), looking.trial)


def fallbacks(adapter: Located) -> dict[str, str]:
    """The operations that are not compiled, and why zeep reads and writes them."""
    if adapter.wsdl is None:
        return {}
    return dict(SoapContract.load(adapter.wsdl, adapter.folder / "wsdl").fallbacks)


def _named(reference: str) -> Any:
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def _config(reference: str) -> type[BaseModel]:
    found: type[BaseModel] = _named(reference)
    return found
