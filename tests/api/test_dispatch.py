"""The way to an operation takes as many steps for 1,500 of them as for 10."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.front import Front
from gateway.api.tmf630.kernel import Kernel
from tests.edge import Build, speaking_to

CUSTOMERS = "/tmf-api/customerManagement/v4/customer"


class CountedRoutes(dict[str, Any]):
    steps = 0

    def get(self, *args: Any) -> Any:
        self.steps += 1
        return super().get(*args)

    def __getitem__(self, key: str) -> Any:
        raise AssertionError(f"{key} was looked up in another way")

    def __iter__(self) -> Any:
        raise AssertionError("a way was found by looking through all routes")

    keys = values = items = __iter__  # type: ignore[assignment]


def served_operations(kernel: Kernel) -> int:
    return sum(len(e.methods(item=False)) + len(e.methods(item=True)) for e in kernel.routes.values())


async def steps(kernel: Kernel, path: str) -> int:
    counted = CountedRoutes(kernel.routes)
    kernel.routes = counted
    async with speaking_to(kernel) as client:
        await client.get(path)
    return counted.steps


@pytest.mark.parametrize(("path", "expected"), [(CUSTOMERS, 1), (f"{CUSTOMERS}/1", 2), ("/tmf-api/nothing/v4/x/1", 4)])
async def test_1500_operations_are_found_in_the_steps_of_10(
    build: Build, contracts: Contracts, path: str, expected: int
) -> None:
    customer = contracts.contract("TMF629", "v4")
    few = build(served=Contracts([customer]))
    many = build(served=contracts)
    assert served_operations(few) <= 20
    assert served_operations(many) >= 1_500
    assert await steps(few, path) == await steps(many, path) == expected


async def test_the_edge_is_led_past_the_app(build: Build) -> None:
    app: Any = FastAPI()
    app.kernel = build()
    app.add_middleware(Front)
    async with speaking_to(app) as client:
        for base in ("/tmf-api/productCatalogManagement/v5", "/productCatalogManagement/v5"):
            answer = await client.post(f"{base}/hub", json={"@type": "Hub", "callback": f"http://localhost:9{base}"})
            assert (answer.status_code, answer.headers["Location"].startswith(base)) == (201, True)
        assert (await client.get("/tmf-api/nothing")).json()["@type"] == "Error"
        assert (await client.get("/elsewhere")).json() == {"detail": "Not Found"}


async def test_unknown_paths_and_methods(client: httpx.AsyncClient) -> None:
    for path in ("/tmf-api", "/tmf-api/x/v4/y", "/tmf-api/customerManagement/v9/customer", f"{CUSTOMERS}/1/2"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "path.unknown")
    for method, path, allow in (
        ("PUT", CUSTOMERS, "GET, HEAD, OPTIONS, POST"),
        ("POST", f"{CUSTOMERS}/1", "DELETE, GET, HEAD, OPTIONS, PATCH"),
    ):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["Allow"], answer.json()["status"]) == (405, allow, "405")


async def test_a_parent_that_nobody_can_have_is_not_looked_for(client: httpx.AsyncClient) -> None:
    """What is worked out for a collection is kept for the next time: not for names of 60 kB, of anybody's choice."""
    topic = "/tmf-api/event/v4/topic/{}/hub"
    for id, code in (("x" * 36, "resource.unknown"), ("x" * 60_000, "path.unknown")):
        answer = await client.get(topic.format(id))
        assert (answer.status_code, answer.json()["code"]) == (404, code)
