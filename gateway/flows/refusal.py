"""Why a flow says no: in words of the business; the edge turns them into a TM Forum error."""


class Refusal(Exception):
    """The base: a catalogued code (`bundle.cycle`), a short reason, and details for the reader."""

    def __init__(self, code: str, reason: str, message: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.message = message


class Invalid(Refusal):
    """The request contradicts a rule that its sender can see: 400."""


class Unknown(Refusal):
    """No such thing, or not yours: 404."""


class Later(Refusal):
    """Too much of it within a short time: 429, and how many seconds to wait."""

    def __init__(self, code: str, reason: str, wait_s: float) -> None:
        super().__init__(code, reason)
        self.wait_s = wait_s


class Clash(Refusal):
    """The state of things does not allow it now: 409."""
