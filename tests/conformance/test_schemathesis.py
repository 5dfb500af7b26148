"""Schemathesis, a stranger, reads the pages we publish and tries the kernel with them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from gateway.api.publishing import Publication
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.security import embedded
from gateway.store import open_store
from tests.clock import FakeClock
from tests.edge import public

pytestmark = pytest.mark.slow
TRIED = (
    ("TMF620", "v4"), ("TMF620", "v5"), ("TMF622", "v4"), ("TMF622", "v5"), ("TMF629", "v4"), ("TMF629", "v5"),
    ("TMF632", "v4"), ("TMF632", "v5"), ("TMF642", "v4"), ("TMF688", "v4"),
)  # fmt: skip
REFUSALS = [400, 404, 405, 406, 409, 412, 413, 414, 415, 416, 417, 422, 428, 501]
CONFIG = {
    "seed": 1,
    "generation": {"max-examples": 2, "deterministic": True, "database": "none", "no-shrink": True},
    "checks": {
        "negative_data_rejection": {"expected-statuses": [str(status) for status in REFUSALS]},
        # A JSONPath may ask for more than is served, and is told so.
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "501"]},
        # No schema can say that a text holds no control character, or a condition names an attribute.
        "positive_data_acceptance": {"enabled": False},
    },
    # Large schemas have more borders than a test has time.
    "phases": {"coverage": {"enabled": False}},
}
FILTERED = re.compile(r"parameter `(?!offset|limit)[^`]+` in query - violates `(format|type)`")
"""Nothing equals a value of another type or format: the list is empty, and no request is wrong."""


class Edge:
    """The kernel in the stranger's own event loop."""

    def __init__(self, served: Contracts) -> None:
        self._served = served
        self._kernel: Kernel | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError("the kernel has no lifespan of its own")
        if self._kernel is None:
            clock, rules = FakeClock(), Rules(resolve=public)
            store, beside = await open_store("sqlite://", clock), Publication(self._served).beside
            self._kernel = Kernel(self._served, {}, store, clock, embedded("default"), listeners=rules, beside=beside)
        await self._kernel(scope, receive, send)


@pytest.mark.parametrize(("api", "version"), TRIED)
def test_the_page_and_the_kernel_agree(contracts: Contracts, api: str, version: str) -> None:
    served = Contracts([one for one in contracts if one.api == api])
    page = f"{served.contract(api, version).bases[0]}/openapi.json"
    config = SchemathesisConfig.from_dict(CONFIG)
    # The stream of events never ends.
    schema = schemathesis.openapi.from_asgi(page, Edge(served), config=config).exclude(path="/events")
    checked, found = 0, []
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            checked += sum(len(made) for made in event.recorder.checks.values())
            found += list(_failures(event))
    assert checked >= 100
    assert found == []


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for made in event.recorder.checks.values():
        for check in made:
            if check.status == Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                if FILTERED.search(failure.message):
                    continue
                yield f"{failure.operation}: {check.name}: {failure.message[:400]}"
