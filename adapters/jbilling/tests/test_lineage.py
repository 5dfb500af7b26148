from pathlib import Path

from banyan.suites import LineageContract


class TestJBilling(LineageContract):
    folder = Path(__file__).parents[1]
    metadata = frozenset({"provisioningCode", "requiresCode", "allowanceAmount", "allowanceUnit", "externalReference"})
