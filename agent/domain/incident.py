"""An incident: something that people must act on. One is open for each type and subject."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.check import Category, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`revision` grows when it gets worse; everybody is told again of each revision."""

    id: str  # INC-2026-00042
    type: str
    subject: str
    establishment: str
    reason: str
    because: str
    category: Category
    severity: Severity
    revision: int
    opened_at: datetime  # UTC
    changed_at: datetime  # UTC: when this revision began


def incident_id(year: int, number: int) -> str:
    """Counted through the year of its opening: INC-2026-00042."""
    return f"INC-{year}-{number:05}"
