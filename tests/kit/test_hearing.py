"""What counts as a failure of the simulator itself, and what does not."""

import logging

from aiohttp.helpers import BasicAuth

from banyan.kit.hearing import crashes

LOG = logging.getLogger("aiohttp.server")


def of_the_simulator() -> None:
    raise LookupError("its own")


def of_the_server() -> None:
    """Fails inside aiohttp, as it does where a client hangs up in the wrong moment."""
    BasicAuth("a:b")


def test_only_what_fails_in_its_own_code_is_the_simulators() -> None:
    with crashes() as failed:
        for fails in (of_the_server, of_the_simulator):
            try:
                fails()
            except (LookupError, ValueError):
                LOG.exception("Error handling request")
        LOG.error("without an error")
    LOG.error("afterwards")
    assert len(failed) == 1
    assert "its own" in failed[0]
