"""Which recordings a run has played: those that nobody needs any more make it fail."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from banyan.kit.recordings import recordings


@dataclass
class Played:
    """One test class in one process of a run."""

    folder: str
    owner: str
    wanted: int
    """How many tests it has; 0 when some were left out of this run."""
    ran: int = 0
    failed: bool = False
    files: list[str] = field(default_factory=list)

    def add(self, other: "Played") -> None:
        self.ran += other.ran
        self.failed |= other.failed
        self.files = sorted({*self.files, *other.files})

    def left_over(self) -> list[str]:
        """What nobody played, when the whole class ran and passed."""
        if self.failed or not self.wanted or self.ran < self.wanted:
            return []
        return [file.name for file in recordings(Path(self.folder), self.owner) if file.name not in self.files]


class Run(dict[str, Played]):
    """By test class."""

    def told(self) -> dict[str, Any]:
        """For the process that this one works for."""
        return {name: asdict(played) for name, played in self.items()}

    def join(self, told: dict[str, Any]) -> None:
        for name, said in told.items():
            played = Played(**said)
            if name in self:
                self[name].add(played)
            else:
                self[name] = played

    def left_over(self) -> Iterator[str]:
        for name, played in self.items():
            for file in played.left_over():
                yield f"{name} never played {file}"


def class_of(node: str) -> str:
    """Of a test's id."""
    return node.partition("[")[0].rpartition("::")[0]


def is_whole(facts: type[Any], collected: Iterable[str]) -> bool:
    """Whether every test of a class is in the run."""
    return {name for name in dir(facts) if name.startswith("test_")} <= set(collected)
