"""A pytest plugin: tells each test's outcome as a line of JSON, in the file that BANYAN_REPORT names."""

import json
import os
import re
from pathlib import Path

import pytest


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when != "call" and report.outcome == "passed":
        return
    name, _, case = report.nodeid.rpartition("::")[2].partition("[")
    line = {
        "law": re.sub(r"_", " ", name.removeprefix("test_")),
        "case": case.removesuffix("]"),
        "outcome": report.outcome,
        "why": _why(report),
        "full": report.longreprtext if report.outcome == "failed" else "",
    }
    with Path(os.environ["BANYAN_REPORT"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _why(report: pytest.TestReport) -> str:
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return report.longreprtext.strip().splitlines()[-1] if report.longreprtext.strip() else ""
    first = str(crash.message).splitlines()[0] if crash.message else ""
    return first.removeprefix("banyan.mapping.Unmapped: ").removeprefix("contracts.errors.")
