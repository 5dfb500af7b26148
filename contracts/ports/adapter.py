"""What every adapter is."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, read


class Adapter(Protocol):
    """What every adapter is, whatever else it offers."""

    @read
    @abstractmethod
    async def probe(self, call: Call) -> None:
        """Return when the system answers, raise a PortError when not. Costs the legacy next to nothing."""

    @abstractmethod
    async def aclose(self) -> None: ...
