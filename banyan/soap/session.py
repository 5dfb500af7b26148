"""A session that a login operation opens: one login for all callers, renewed once when the system says it ended."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from banyan.soap.client import Opened, SoapClient
from banyan.soap.fault import SECURITY
from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import Happened, PortError, Rejected, TimedOut, Unavailable

Login = Callable[[SoapClient, Call], Awaitable[Mapping[str, Any]]]
"""Calls the login operation with a client that has no session, and returns, by name, the parts that each
call then carries: of its header, or of its body where the operation has them there.
"""
ENDED = frozenset({"401", *SECURITY})
"""Codes of a Rejected by which any system says that it does not know us (any more)."""


class SessionEnded(Rejected):
    """What an adapter raises, or makes of a fault, when its system says in its own words that the session is over."""


class Session:
    """Opened when it is first needed. What goes wrong at a login is told to everybody who waited for it."""

    def __init__(self, open_: Callable[[Call], Awaitable[Opened]], clock: Clock) -> None:
        self._open = open_
        self._clock = clock
        self._opening: asyncio.Task[Opened | PortError] | None = None

    async def opened(self, call: Call, instead_of: Opened | None = None) -> Opened:
        """The session of the moment; a new one where that is still `instead_of`, which ended."""
        task = self._opening
        if task is None or _is_over(task, instead_of):
            task = self._opening = asyncio.create_task(_noted(self._open(call)))
        if not task.done():
            await asyncio.wait([task], timeout=max(call.deadline - self._clock.monotonic(), 0))
        if not task.done():
            raise TimedOut("the login took too long", happened=Happened.NO)
        if task.cancelled():
            raise Unavailable("the login was broken off", happened=Happened.NO)
        result = task.result()
        if isinstance(result, PortError):
            # Whatever became of the login, nothing of this call was sent.
            kind = Rejected if isinstance(result, SessionEnded) else type(result)
            raise kind(str(result), happened=Happened.NO, code=result.code, retry_after=result.retry_after)
        return result

    def close(self) -> None:
        if self._opening is not None:
            self._opening.cancel()


class SessionClient(SoapClient):
    """Every call goes out in the session of the moment."""

    def __init__(self, plain: SoapClient, session: Session) -> None:
        self._plain = plain
        self._session = session

    async def call(
        self,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        header: Mapping[str, Any] | None = None,
        **how: Any,
    ) -> Any:
        """A call that was turned away because the session was over is sent once more, in a new one."""
        opened = await self._session.opened(call)
        try:
            return await self._plain.carrying(opened).call(call, operation, parameters, header, **how)
        except PortError as error:
            if not _ended(error):
                raise
        opened = await self._session.opened(call, instead_of=opened)
        return await self._plain.carrying(opened).call(call, operation, parameters, header, **how)

    def at(self, endpoint: str) -> SoapClient:
        return SessionClient(self._plain.at(endpoint), self._session)

    async def aclose(self) -> None:
        self._session.close()
        await self._plain.aclose()


def in_session(plain: SoapClient, login: Login, clock: Clock, *, cookies: bool) -> SoapClient:
    """`cookies`: whether those of the login's reply are part of the session; those of other replies never are."""

    async def open_(call: Call) -> Opened:
        heard: list[str] = []
        parts = await login(plain.hearing(heard), call)
        return Opened(parts, _cookie(heard) if cookies else "")

    return SessionClient(plain, Session(open_, clock))


async def _noted(opening: Awaitable[Opened]) -> Opened | PortError:
    try:
        return await opening
    except PortError as error:
        return error


def _is_over(task: "asyncio.Task[Opened | PortError]", instead_of: Opened | None) -> bool:
    if not task.done():
        return False
    return task.cancelled() or isinstance(task.result(), PortError) or task.result() is instead_of


def _ended(error: PortError) -> bool:
    """Whether the session was over before any work was done."""
    known = isinstance(error, SessionEnded) or (isinstance(error, Rejected) and error.code in ENDED)
    return known and error.happened is Happened.NO


def _cookie(heard: list[str]) -> str:
    """The Cookie header that answers these Set-Cookie headers; the last of one name counts."""
    pairs = [line.partition(";")[0].strip().partition("=") for line in heard]
    return "; ".join(f"{name}={value}" for name, value in {name: value for name, _, value in pairs if name}.items())
