"""Is it still the enrolment that the register knows?"""

from datetime import datetime, timedelta

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.facts import Fact, Known, Unknown, follow

TOLERANCE = timedelta(days=1)  # the region writes down the day, the MDM the second


def _reads(facts: AssetFacts) -> Fact[datetime]:
    found = follow(facts.device, lambda device: device.enrolled_at)
    if isinstance(found, Known) and facts.asset.enrolled_at is None:
        return Unknown("not-recorded", "the register does not say when it was enrolled")
    return found


def _wrong(enrolled: datetime, case: Case) -> Wrong | None:
    known = case.asset.enrolled_at
    if known is None or enrolled <= known + TOLERANCE:
        return None
    return Wrong(
        "enrolled-again",
        f"enrolled on {enrolled:%d %b %Y}, the register says {known:%d %b %Y}:"
        " wiped or replaced since",
        f"{enrolled:%Y-%m-%d}",
    )


same_enrolment = Check(
    name="device.same-enrolment",
    says="not wiped or enrolled again since the register's entry",
    requirement="A3",
    question=7,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Ask the SPOC why it was wiped or replaced. If it was planned, record the new"
    " enrolment in the register.",
    reads=_reads,
    wrong=_wrong,
)
