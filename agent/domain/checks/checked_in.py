"""Has it checked in lately? A flat iPad in a safe is normal, for a few days."""

from datetime import datetime, timedelta

from agent.domain.check import CLOCK_TOLERANCE, Case, Category, Check, Severity, Wrong
from agent.domain.facts import NEVER, follow


def _wrong(seen: datetime, case: Case) -> Wrong | None:
    if seen == NEVER:
        return Wrong(
            "never-checked-in", "enrolled, but it never checked in", severity=Severity.HIGH
        )
    if seen - case.now > CLOCK_TOLERANCE:
        because = f"its last check-in is {seen:%d %b %Y}, which has not come yet"
        return Wrong("clock-wrong", because, f"{seen:%Y-%m-%d}", Severity.MEDIUM)
    days, limits = (case.now - seen).days, case.baseline.check_in
    if case.now - seen <= timedelta(days=limits.low):
        return None
    severity = Severity.LOW
    if days >= limits.medium:
        severity = Severity.HIGH if days >= limits.high else Severity.MEDIUM
    return Wrong(
        "stale",
        f"last checked in on {seen:%d %b %Y}, {days} days ago",
        f"{seen:%Y-%m-%d}",
        severity,
    )


checked_in = Check(
    name="device.checked-in",
    says="checked in within a week",
    requirement="X6",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.LOW,
    remedy="Take the iPad out of the safe, charge it and leave it on the network for an hour.",
    reads=lambda facts: follow(facts.device, lambda device: device.last_seen),
    wrong=_wrong,
)
