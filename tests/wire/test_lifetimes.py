"""What a wire holds, and when it lets go of it: however a call ends, nothing of it stays."""

import asyncio
import gc
import socket
import tracemalloc
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest

from banyan import Garbled, Happened, TimedOut, Unavailable
from banyan.wire import Wire, pool
from tests.clock import FakeClock
from tests.loops import LOOPS
from tests.wire.serving import ENVELOPE, answering, call, http, post, request, server, wire

NAME = "system.invalid"
MANY = [http(200, ENVELOPE)] * 1000


@asynccontextmanager
async def freeing(most: int) -> AsyncIterator[None]:
    """Of what is made inside, no more than so many bytes stay for long."""
    tracemalloc.start()
    try:
        yield
        async with asyncio.timeout(30):
            while tracemalloc.get_traced_memory()[0] > most:  # noqa: ASYNC110 - nobody tells of freed memory
                await asyncio.sleep(0.005)
    finally:
        tracemalloc.stop()


@pytest.fixture
def troubles() -> Iterator[list[Any]]:
    """What the loop had to tell that nobody waited for."""
    told: list[Any] = []
    yield told
    assert told == []


def noting(troubles: list[Any]) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("kept", [True, False])
async def test_a_call_given_up_anywhere_leaves_its_place_and_no_trouble(kept: bool, troubles: list[Any]) -> None:
    noting(troubles)
    ends: set[str] = set()
    async with server(answering(*MANY[: 1000 if kept else 1])) as url, wire(concurrency=1, timeout_s=60) as made:
        for given_up in range(40):
            task = asyncio.create_task(post(made, url))
            await turns(given_up)
            task.cancel()
            ends |= {type(end).__name__ for end in await asyncio.gather(task, return_exceptions=True)}
            assert await post(made, url) == ENVELOPE
    assert "CancelledError" in ends
    assert ends <= {"CancelledError", "bytes"}


@pytest.mark.parametrize("after", range(8))
async def test_a_call_given_up_once_it_is_connected(
    after: int, troubles: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    noting(troubles)
    connect = pool.start_connection

    async def connected(*what: Any, **more: Any) -> socket.socket:
        sock = await connect(*what, **more)
        asyncio.get_running_loop().call_soon(later, after)
        return sock

    def later(left: int) -> None:
        if left:
            asyncio.get_running_loop().call_soon(later, left - 1)
        else:
            task.cancel()

    async with server(answering(http(200, ENVELOPE))) as url, wire(concurrency=1) as made:
        monkeypatch.setattr(pool, "start_connection", connected)
        task = asyncio.create_task(post(made, url))
        end = (await asyncio.gather(task, return_exceptions=True))[0]
        assert end == ENVELOPE or isinstance(end, asyncio.CancelledError)
        monkeypatch.undo()
        assert await post(made, url) == ENVELOPE


async def test_whoever_closes_and_is_called_off_still_ends_the_calls(troubles: list[Any]) -> None:
    noting(troubles)
    asked, over = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        asked.set()
        await over.wait()

    async with server(silent) as url, wire(timeout_s=60) as made:
        asking = asyncio.create_task(post(made, url))
        await asked.wait()
        closing = asyncio.create_task(made.aclose())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(Unavailable) as caught:
            await asking
        await asyncio.gather(closing, return_exceptions=True)
        over.set()
    assert caught.value.happened is Happened.UNKNOWN


async def test_nothing_is_sent_once_the_wire_is_closed() -> None:
    heard: list[bytes] = []
    async with server(answering(http(200, ENVELOPE), heard=heard)) as url, wire() as made:
        connecting = asyncio.create_task(post(made, url))
        await asyncio.sleep(0)
        await made.aclose()
        with pytest.raises(Unavailable) as caught:
            await connecting
    assert (caught.value.happened, heard) == (Happened.NO, [])


async def test_a_large_reply_is_not_kept_with_its_connection() -> None:
    large = b"<Envelope>" + b" " * 5_000_000 + b"</Envelope>"
    replies = [http(200, large), http(200, ENVELOPE)]
    async with server(answering(*replies)) as url, wire() as made:
        async with freeing(3_000_000):
            assert len(await post(made, url)) == len(large)
        assert await post(made, url) == ENVELOPE


async def test_what_nobody_reads_is_given_up_and_freed() -> None:
    over = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(http(200, ENVELOPE))
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's has it
        await over.wait()

    async with server(deaf) as url, wire() as made:
        await post(made, url)  # so that connecting takes nothing of the time
        async with freeing(3_000_000):
            with pytest.raises(TimedOut) as caught:
                await made.post(call(0.3), url, bytes(30_000_000), {"content-type": "text/xml"}, "Ask")
            happened = caught.value.happened
            del caught
        over.set()
    assert happened is Happened.UNKNOWN


async def test_a_reply_in_crumbs_takes_no_more_room_than_it_has_bytes() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n"
    crumbs = head + b"2\r\n<>\r\n" * 200_000 + b"0\r\n\r\n"
    async with server(answering(crumbs)) as url, wire(timeout_s=60) as made:
        tracemalloc.start()
        try:
            with pytest.raises(Garbled):
                await post(made, url)
            assert tracemalloc.get_traced_memory()[1] < 2 * len(crumbs) + 2_000_000
        finally:
            tracemalloc.stop()


async def test_nothing_of_a_connection_outlives_it() -> None:
    async with server(answering(http(200, ENVELOPE))) as url, wire() as made:
        await post(made, url)
        pool: Any = made._transport
        [kept] = [weakref.ref(connection) for connection in pool._open]
        await made.aclose()
        pool._idle.clear()
        async with asyncio.timeout(5):
            while kept() is not None:
                await asyncio.sleep(0.001)
                gc.collect()


async def test_a_name_is_looked_up_once_for_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose name hangs, holds one thread and not one for each call."""
    loop = asyncio.get_running_loop()
    asked: list[str] = []
    known, look_up = asyncio.Event(), loop.getaddrinfo

    async def slow(host: str, *more: Any, **how: Any) -> Any:
        if host == NAME:
            asked.append(host)
            await known.wait()
        return await look_up("127.0.0.1", *more, **how)

    monkeypatch.setattr(loop, "getaddrinfo", slow)
    async with server(answering(*MANY)) as url, wire(timeout_s=60) as made:
        named = url.replace("127.0.0.1", NAME)
        first, *others = [asyncio.create_task(post(made, named)) for _ in range(4)]
        await turns(20)
        first.cancel()
        await turns(20)
        known.set()
        assert await asyncio.gather(*others) == [ENVELOPE] * 3
    assert asked == [NAME]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_one_loop_may_follow_another(loop: str) -> None:
    """What was kept on the first is nothing to the second."""
    assert _heard_on_two_loops(LOOPS[loop]) == [2, 2]
    gc.collect()  # so that what the first loop left open is missed here and in no other test


def _heard_on_two_loops(loop: Callable[[], asyncio.AbstractEventLoop]) -> list[int]:
    made = Wire("acme", clock=FakeClock(), timeout_s=60, concurrency=4)

    async def twice(*, last: bool) -> list[bytes]:
        told = [await post(made, url) for _ in range(2)]
        if last:
            await made.aclose()
        return told

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        heard = threads.submit(_heard, listening, connections=2)
        for last in (False, True):
            with asyncio.Runner(loop_factory=loop) as runner:
                assert runner.run(twice(last=last)) == [ENVELOPE] * 2
        return heard.result(60)


def _heard(listening: socket.socket, connections: int) -> list[int]:
    """How many requests came on each connection; each gets two answers, and stays."""
    counts = []
    with ExitStack() as open:
        for _ in range(connections):
            connection = open.enter_context(listening.accept()[0])
            counts.append(0)
            while counts[-1] < 2:
                while b"</end>" not in connection.recv(65_536):
                    pass
                connection.sendall(http(200, ENVELOPE))
                counts[-1] += 1
    return counts
