"""An incident: something that people must act on. One is open for each type and subject."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.domain.check import Category, Severity

GRAVE = (Category.SECURITY, Category.LOSS)
"""Infosec is rung, and no machine closes them."""

NO_LONGER_FOUND = "no-longer-found"
"""The cause of what the machine closes."""

ID = re.compile(r"INC-(\d{4})-(\d{5,})")


class State(Enum):
    OPEN = "open"  # nobody has acknowledged this revision
    ACKNOWLEDGED = "acknowledged"
    IN_HAND = "in-hand"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`revision` grows when it gets worse or is opened again; everybody is told again of each.

    Staff are named by their ids. Times are UTC.
    """

    id: str  # INC-2026-00042
    type: str
    subject: str
    establishment: str
    reason: str
    because: str
    category: Category
    severity: Severity
    revision: int
    opened_at: datetime
    changed_at: datetime  # when this revision began
    state: State = State.OPEN
    cleared_at: datetime | None = None  # it no longer stands since; None: it does
    reopened_at: datetime | None = None  # when it was opened again last
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    taken_by: str | None = None  # who has it in hand
    phone: str | None = None  # the reference of the call to Infosec
    ir: str | None = None
    closing_by: str | None = None  # who asked to close it; another person confirms
    override_by: str | None = None  # who lets it be closed without the call to Infosec
    cause: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def is_grave(self) -> bool:
        """Whether only people close it, and Infosec is rung about it."""
        return self.category in GRAVE

    @property
    def needs_two(self) -> bool:
        """Whether one person closes it and another one confirms."""
        return self.severity >= Severity.HIGH


def incident_id(year: int, number: int) -> str:
    """Counted through the year of its opening: INC-2026-00042."""
    return f"INC-{year}-{number:05}"


def place_of(incident_id: str) -> tuple[int, int] | None:
    """Its year and number; None: this is no id of an incident."""
    found = ID.fullmatch(incident_id)
    return (int(found[1]), int(found[2])) if found else None
