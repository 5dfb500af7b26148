"""Every served API against the official document of its version: which file it is, and what differs."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.api.checking.comparing import DIFFERENCE, VERDICTS, Finding, Reasons, compared
from gateway.api.checking.promise import promised
from gateway.api.publishing import changes, openapi
from gateway.api.tmf630.contract import Contract, Contracts, NotAContract
from gateway.api.tmf630.contract.importing import identity, read_official

_DOCUMENTS = (".json", ".yaml", ".yml")


class NothingToCheck(ValueError):
    """There is no official document here that could be compared; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One version of one API, as it came out."""

    contract: Contract
    file: str | None
    """None: there is no official document of it."""
    findings: tuple[Finding, ...] = ()

    def of(self, verdict: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict == verdict]

    @property
    def well(self) -> bool:
        return self.file is not None and not self.of(DIFFERENCE)

    def row(self) -> dict[str, Any]:
        counts = {verdict: len(self.of(verdict)) for verdict in VERDICTS} if self.file else {}
        return {
            "api": self.contract.api,
            "version": self.contract.version,
            "release": self.contract.release,
            "official": self.file or "no document of this API and version",
            **{verdict: counts.get(verdict) for verdict in VERDICTS},
        }

    def rows(self, verdicts: Collection[str]) -> list[dict[str, Any]]:
        """Its findings, each naming the API and version."""
        name = f"{self.contract.api} {self.contract.version}"
        return [{"api": name, **finding.row()} for finding in self.findings if finding.verdict in verdicts]


def check(contracts: Contracts, against: Path) -> list[Checked]:
    """Compare what is served with the official documents of a folder, or with one file."""
    official = newest(against)
    found = []
    for contract in sorted(contracts, key=lambda one: (one.api, one.version)):
        file = official.get((contract.api, contract.version))
        if file is not None:
            found.append(Checked(contract, file.name, tuple(_findings(contract, file))))
        elif against.is_dir():
            found.append(Checked(contract, None))
    if not any(checked.file for checked in found):
        raise NothingToCheck(f"{against} holds no official document of an API that is served")
    return found


def _findings(contract: Contract, file: Path) -> Iterator[Finding]:
    source = read_official(file)
    release = identity(file, source)[1]
    if release != contract.release:
        yield Finding("release", f"{contract.api} {contract.version}", release, contract.release)
    page = json.loads(json.dumps(openapi(contract, contract.bases[0])))
    reasons = Reasons.stated(contract.practice, contract.version, changes(contract))
    yield from compared(promised(source), promised(page), reasons)


def newest(against: Path) -> dict[tuple[str, str], Path]:
    """Of each API and major version the newest release; of two files with one release the one that says more."""
    files = [against] if against.is_file() else sorted(file for file in against.glob("*") if file.suffix in _DOCUMENTS)
    ranked: dict[tuple[str, str], tuple[list[int], Path]] = {}
    for file in files:
        try:
            api, release = _identified(file)
        except NotAContract:
            if file == against:
                raise
            continue
        numbers = [int(number) for number in release.split(".")]
        rank, key = [*numbers, len(file.stem)], (api, f"v{numbers[0]}")
        if key not in ranked or rank > ranked[key][0]:
            ranked[key] = (rank, file)
    return {key: file for key, (_, file) in ranked.items()}


def _identified(file: Path) -> tuple[str, str]:
    """By its name where that says enough: an official file takes a second to read."""
    try:
        return identity(file, {"info": {}})
    except NotAContract:
        return identity(file, read_official(file))
