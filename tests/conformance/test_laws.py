"""The real kernel keeps every law of the edge, and each wrong one breaks at least one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.security import embedded
from gateway.store import open_store
from tests.clock import FakeClock
from tests.conformance.laws import LAWS, Edge, Law
from tests.conformance.mutants import MUTANTS, Mutant
from tests.edge import SERVED, speaking_to

CATALOG = Contracts([contract for contract in SERVED if contract.api == "TMF620"])


@asynccontextmanager
async def edge(mutant: Mutant) -> AsyncIterator[Edge]:
    clock = FakeClock()
    store = await open_store("sqlite://", clock)
    real = store.commit

    async def commit(*changes: Any) -> None:
        await real(*(change for change in changes if mutant.keeps(change)))

    store.commit = commit  # type: ignore[method-assign]
    async with speaking_to(mutant.around(Kernel(CATALOG, {}, store, clock, embedded("default")))) as http:
        yield Edge(http, store)
    await store.aclose()


async def breaks(mutant: Mutant, law: Law) -> bool:
    async with edge(mutant) as asked:
        try:
            await law(asked)
        except (AssertionError, KeyError, ValueError, AttributeError, TypeError):
            return True
    return False


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
async def test_the_kernel_keeps_every_law(law: Law) -> None:
    async with edge(Mutant()) as asked:
        await law(asked)


@pytest.mark.parametrize("name", MUTANTS)
async def test_a_wrong_kernel_is_found_out(name: str) -> None:
    for law in LAWS:
        if await breaks(MUTANTS[name], law):
            return
    pytest.fail("no law finds it out")
