"""The way of one attribute from the version that a client speaks to the stored form and back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol


class Inside(Protocol):
    """What stands at an attribute: an object, or several, with ways of its own."""

    def into(self, value: Any) -> Any: ...

    def view(self, *, exact: bool) -> Callable[[Any], Any]: ...

    def path(self, path: str) -> str: ...

    def alike(self, path: str, shown: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Way:
    """Where one attribute of the older version is stored, and as what."""

    path: tuple[str, ...]
    inner: Inside | None = None
    values: Mapping[str, str] | None = None
    shows: Mapping[str, str] | None = None
    many: bool = False
    risen: frozenset[str] = frozenset()
    """Of an object that is unwrapped: which attributes rise."""
    options: frozenset[str] = frozenset()
    """What the stored form's enumeration allows; nothing: anything."""

    def into(self, written: Any) -> Any:
        if self.values is not None and isinstance(written, str):
            return self.values.get(written, written)
        if self.many and isinstance(written, dict):
            written = [written]
        return written if self.inner is None else self.inner.into(written)

    def back(self, *, exact: bool) -> Callable[[Any], Any]:
        """The function from the stored value to what an older client sees; exact: to what `into` finds back from."""
        words = self._words(exact=exact)
        inner = as_is if self.inner is None else self.inner.view(exact=exact)
        if not words and not self.many:
            return inner

        def seen(stored: Any) -> Any:
            if isinstance(stored, str):
                return words.get(stored, stored)
            if self.many and isinstance(stored, list) and (len(stored) == 1 or (stored and not exact)):
                stored = stored[0]
            return inner(stored)

        return seen

    def older(self, stored: Any) -> Any:
        """The older version's word for a stored one, which is itself where they are the same."""
        return next((older for older, value in (self.values or {}).items() if value == stored), stored)

    def _words(self, *, exact: bool) -> Mapping[str, str]:
        """What is shown for each stored word that is not shown as it is."""
        shows = {} if exact else self.shows or {}
        words = {stored: self.older(stored) for stored in (*(self.values or {}).values(), *shows)}
        return {stored: shows.get(older, older) for stored, older in words.items()}

    def homeless(self, stored: Any) -> bool:
        return bool(self.options) and isinstance(stored, str) and stored not in self.options

    def without(self, idle: Collection[Inside]) -> "Way":
        """This way, which need not look into what is the same in both versions."""
        return replace(self, inner=None) if self.inner in idle else self

    def alike(self, shown: str) -> tuple[str, ...]:
        """The stored values that an older client sees as this one."""
        stored = (self.values or {}).get(shown, shown)
        return stored, *(newer for newer, older in (self.shows or {}).items() if older == shown)


def as_is(value: Any) -> Any:
    return value
