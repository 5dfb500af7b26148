"""What a launch check found: all of it at once, in the order the rules are tested, under catalogued codes."""

from gateway.flows.refusal import Invalid

ORDER = (
    "bundle.malformed",
    "bundle.empty",
    "bundle.cycle",
    "bundle.unknownPart",
    "bundle.partTwice",
    "bundle.partInTwoGroups",
    "bundle.lowerAboveUpper",
    "bundle.defaultOutside",
    "bundle.groupOutsideBundle",
    "rule.unknownPart",
    "price.missing",
    "price.currencyMix",
    "price.negative",
    "realisation.missing",
)


class Findings:
    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []

    def add(self, code: str, text: str) -> None:
        if (code, text) not in self._found:
            self._found.append((code, text))

    def sorted(self) -> list[tuple[str, str]]:
        return sorted(self._found, key=lambda finding: ORDER.index(finding[0]))

    def __bool__(self) -> bool:
        return bool(self._found)

    def refuse(self, subject: str) -> None:
        """Raise Invalid when there is anything to report; the first finding gives the code, the message lists all."""
        found = self.sorted()
        if found:
            text = "; ".join(f"{code}: {text}" for code, text in found)
            raise Invalid(found[0][0], f"{subject} breaks {found[0][0]}", text)
