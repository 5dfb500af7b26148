"""Strange contracts reach a green suite by what is written into the adapter's folder, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

WSDLS = Path(__file__).parent / "wsdl"
NEW = {
    "kontor": ("Kontor.wsdl", "--port InventoryPort --auth session --serve subscription=getContract"),
    "fenwick": ("crm.wsdl", "--port CustomerPort --port BillPort"),
    "skagen": (
        "SubsOrderMgmt.wsdl",
        "--port OrderPort --port InventoryPort --auth basic --serve cancel_order=cnclSubsOrd",
    ),
    "tarvos": (
        "ProvGateway.wsdl",
        "--port ProvisioningPort --port ServicePort --auth session --serve modify=modSvc",
    ),
}
pytestmark = pytest.mark.slow


def banyan(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "gateway", "adapter", *words]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize("name", NEW)
def test_a_strange_contract_reaches_a_green_suite(name: str, tmp_path: Path) -> None:
    """Kontor: rpc/encoded, a session in each body. Fenwick: SOAP 1.2, credentials in the header, refusals with 200.
    Skagen: orders over three files of schemas. Tarvos: activations, rpc/literal, a session. Both: short names.
    """
    wsdl, flags = NEW[name]
    banyan(tmp_path, "new", name, "--wsdl", str(WSDLS / name / wsdl), *flags.split(), "--yes")
    package = tmp_path / name / name
    (package / "mapping.py").write_text((WSDLS / name / "mapping.txt").read_text(encoding="utf-8"), encoding="utf-8")
    simulator = package / "simulator.py"
    said = simulator.read_text(encoding="utf-8")
    simulator.write_text(said.replace('"kundennummer": "101"}', '"kundennummer": "101", "zustand": 1}'))
    assert " 0 do not" in banyan(tmp_path, "run", name, "--once")
