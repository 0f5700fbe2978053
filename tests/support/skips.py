"""CALLSTEWARD_REQUIRE_ALL=1: nothing that could run is skipped in silence, as in CI."""

import os
from typing import TypeVar

import pytest

REQUIRE_ALL = "CALLSTEWARD_REQUIRE_ALL"
SHARED = "the shared data folder is not here"
"""How the reason of a skip begins that is right wherever that folder is not kept."""

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def must_run(report: Report) -> Report:
    """A skip as a failure with its reason, where all is required."""
    xfailed = hasattr(report, "wasxfail")
    if report.skipped and not xfailed and os.environ.get(REQUIRE_ALL) == "1":
        reason = _reason(report.longrepr)
        if not reason.startswith(SHARED):
            report.outcome = "failed"
            report.longrepr = f"{REQUIRE_ALL}=1, and this was skipped: {reason}"
    return report


def _reason(told: object) -> str:
    """Of (path, line, "Skipped: reason")."""
    words = told[2] if isinstance(told, tuple) else str(told)
    return str(words).removeprefix("Skipped: ")
