from contracts.suites.provisioning import ProvisioningContract
from contracts.suites.service import ServiceContract


class TestMtosi(ProvisioningContract, ServiceContract):
    pass
