"""The control address of a simulator: read its ledger, arm faults, start over."""

import json
from typing import Any

from aiohttp import web

from banyan.simulate.faults import FIELDS, Impossible, parse
from banyan.simulate.simulator import Simulator
from contracts.faults import Fault


def application(simulator: Simulator) -> web.Application:
    """The control address as an application."""

    async def about(_: web.Request) -> web.Response:
        return web.json_response(
            {
                "simulator": simulator.name,
                "operations": sorted(simulator.operations),
                "kinds": list(Fault),
                "fault": dict.fromkeys(FIELDS),
                "received": simulator.received,
                "armed": simulator.faults.waiting(),
                "addresses": ["GET /", "GET /ledger", "POST /faults", "POST /reset"]
                + [f"POST /{name}" for name in simulator.actions],
            }
        )

    async def ledger(_: web.Request) -> web.Response:
        return web.Response(body=simulator.ledger.dump(), content_type="application/x-ndjson")

    async def faults(request: web.Request) -> web.Response:
        try:
            simulator.faults.arm(parse(_json(await request.read()), simulator.operations))
        except Impossible as why:
            known = {"operations": ["*", *sorted(simulator.operations)], "kinds": list(Fault)}
            return web.json_response({"error": str(why), **known}, status=400)
        return web.json_response({"armed": simulator.faults.waiting()}, status=201)

    async def reset(_: web.Request) -> web.Response:
        simulator.reset()
        return web.json_response({"reset": True})

    async def action(request: web.Request) -> web.Response:
        return web.json_response(simulator.actions[request.path.strip("/")]())

    app = web.Application()
    app.router.add_get("/", about)
    app.router.add_get("/ledger", ledger)
    app.router.add_post("/faults", faults)
    app.router.add_post("/reset", reset)
    for name in simulator.actions:
        app.router.add_post(f"/{name}", action)
    return app


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Impossible("the body is no JSON") from None
