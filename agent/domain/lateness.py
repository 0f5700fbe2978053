"""What is owed too long: the promise is the due time, and it was not kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem

LATE_AFTER = {
    "sweep": timedelta(hours=1),
    "mail": timedelta(minutes=15),
    "incident.clock": timedelta(minutes=5),
    "task.remind": timedelta(hours=2),
    "digest": timedelta(hours=2),
    "mail.route": timedelta(hours=1),
    "mail.read-back": timedelta(hours=1),
    "zoom.consent-refresh": timedelta(days=2),
    "contact.close": timedelta(minutes=2),
    "zoom.allow-list": timedelta(minutes=2),
    "zoom.meeting-gone": timedelta(minutes=2),
    "contact.invite": timedelta(minutes=10),
    "meeting.arrange": timedelta(minutes=10),
    "contact.verify": timedelta(hours=2),
    "call.erase": timedelta(days=1),
}
"""Kind of obligation -> how long after its due time somebody must know."""
MAY_WAIT = ("call.erase",)  # held for a good reason: late only where it was tried in vain
MANY = 3  # subjects that are late at once are one cause
EVERYWHERE = "all"


def late(kind: str, owed: Mapping[str, Sequence[datetime]], now: datetime) -> list[Problem]:
    """What is late of this kind: one problem for each subject, or one for all of many.

    `owed` has the due times (UTC) by subject: the night of a sweep, the inbox of a letter, the
    tag of an iPad, the call. One inbox that takes nothing must not hide that later none does.
    """
    missed = {
        subject: [due for due in dues if now - due > LATE_AFTER[kind]]
        for subject, dues in owed.items()
    }
    missed = {subject: dues for subject, dues in missed.items() if dues}
    if len(missed) < MANY:
        return [_problem(kind, subject, dues) for subject, dues in sorted(missed.items())]
    return [_problem(kind, EVERYWHERE, [due for dues in missed.values() for due in dues])]


def _problem(kind: str, subject: str, missed: Sequence[datetime]) -> Problem:
    return Problem(
        type=f"{kind}.late",
        subject=subject,
        establishment="",
        reason="late",
        because=f"{len(missed)} owed too long, since {min(missed):%d %b %Y %H:%M} UTC",
        value="",
        category=Category.OPERATIONAL,
        severity=Severity.HIGH,
    )
