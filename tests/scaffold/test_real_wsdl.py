"""Real WSDLs become folders that lint, type-check, import and answer a probe, before anybody has mapped anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import SHARED, shared

REAL = {
    "parlayx_account": "parlayx-account/parlayx_account_management_service_2_2.wsdl",
    "xius_debit": "xius-msp/xBus/Billing/DebitOrCredit/DebitOrCreditServices.wsdl",
    "xius_tariff": "xius-msp/xBus/Billing/TariffService/TariffService.wsdl",
    "zuora": "zuora/zuora.a.78.0.wsdl",
    "mtosi": "tmf-mtosi-4.0/ServiceActivation/IIS/wsdl/ServiceActivationInterface/ServiceActivationInterfaceHttp.wsdl",
    "jbilling_whole": "jbilling/jBillingSalesforce.wsdl",
}
PROBE = """
import asyncio, importlib, sys
from banyan import SystemClock
from banyan.simulate import Ledger, running
from banyan.soap import SoapContract
from banyan.soap.sampled import sampled_request
import aiohttp

async def main(name):
    importlib.import_module(f"{name}.adapter")
    clock = SystemClock()
    simulated = importlib.import_module(f"{name}.simulator").simulator(Ledger(clock), clock)
    contract = simulated.contract
    async with running(simulated) as at, aiohttp.ClientSession() as http:
        answered = 0
        for operation in contract.operations[:10]:
            asked = sampled_request(contract, operation)
            sent = contract.write(operation, asked.body, asked.header or None)
            headers = contract.http_headers(operation)
            async with http.post(at.url, data=sent, headers=headers) as reply:
                answered += b"Envelope" in await reply.read()
        print(answered, min(10, len(contract.operations)))

asyncio.run(main(sys.argv[1]))
"""
pytestmark = pytest.mark.slow


def run(folder: Path, *command: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(folder)}
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert ran.returncode == 0, f"{' '.join(command)}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.mark.parametrize("name", REAL)
def test_a_real_wsdl_becomes_a_clean_adapter(name: str, tmp_path: Path) -> None:
    wsdl = shared(f"legacy/wsdl/{REAL[name]}")
    run(tmp_path, sys.executable, "-m", "gateway", "adapter", "new", name, "--wsdl", str(wsdl), "--yes")
    project = tmp_path / name
    for command in ("-m ruff check --no-cache .", "-m ruff format --check --no-cache .", "-m mypy --no-incremental"):
        run(project, sys.executable, *command.split())
    answered, asked = run(project, sys.executable, "-c", PROBE, name).split()
    assert answered == asked
    assert "todo(" in (project / name / "mapping.py").read_text(encoding="utf-8")
    vendored = "".join(path.read_text(encoding="utf-8", errors="replace") for path in project.rglob("*.py"))
    assert str(SHARED) not in vendored
    assert str(tmp_path) not in vendored
