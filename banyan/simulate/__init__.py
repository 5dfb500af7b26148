"""Legacy systems to test against: processes of their own that speak SOAP, keep state, and fail on demand."""

from banyan.simulate.generated import Generated
from banyan.simulate.ledger import Ledger
from banyan.simulate.process import main
from banyan.simulate.rows import Rows, Works
from banyan.simulate.running import Addresses, running
from banyan.simulate.simulator import Answer, Operation, Request, Simulator

__all__ = [
    "Addresses",
    "Answer",
    "Generated",
    "Ledger",
    "Operation",
    "Request",
    "Rows",
    "Simulator",
    "Works",
    "main",
    "running",
]
