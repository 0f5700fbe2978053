"""What is owed too long: the promise is the due time, and it was not kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem

LATE_AFTER = {"sweep": timedelta(hours=1), "mail": timedelta(minutes=15)}
"""Kind of obligation -> how long after its due time somebody must know."""


def late(kind: str, dues: Sequence[datetime], now: datetime) -> Problem | None:
    """The one problem of all obligations of this kind that are late, or None. Times are UTC."""
    missed = [due for due in dues if now - due > LATE_AFTER[kind]]
    if not missed:
        return None
    return Problem(
        type=f"{kind}.late",
        subject=kind,
        establishment="",
        reason="late",
        because=f"{len(missed)} owed too long, since {min(missed):%d %b %Y %H:%M} UTC",
        value="",
        category=Category.OPERATIONAL,
        severity=Severity.HIGH,
    )
