"""What is served, held against the official documents: every difference is named, and has a stated reason or fails."""

from gateway.api.checking.check import Checked, NothingToCheck, check
from gateway.api.checking.comparing import ADDITION, DIFFERENCE, STATED, VERDICTS, Finding

__all__ = ["ADDITION", "DIFFERENCE", "STATED", "VERDICTS", "Checked", "Finding", "NothingToCheck", "check"]
