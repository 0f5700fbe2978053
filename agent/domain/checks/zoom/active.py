"""Is its account in use, and not an invitation or switched off?"""

from agent.domain.check import AssetFacts, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import zoom
from agent.domain.facts import Fact, follow
from agent.domain.zoom import User, UserStatus
from agent.domain.zoom_evidence import NO_ACCOUNT

REASONS = {
    UserStatus.INACTIVE: Wrong("zoom-inactive", "its account in Zoom is switched off"),
    UserStatus.PENDING: Wrong("zoom-pending", "its account in Zoom was never taken up"),
}


def _status(user: User | None) -> Fact[UserStatus]:
    return NO_ACCOUNT if user is None else user.status


def _reads(facts: AssetFacts) -> Fact[UserStatus]:
    return zoom(lambda found: follow(found.user, _status))(facts)


zoom_active = Check(
    name="zoom.active",
    says="its account in Zoom is active",
    requirement="K5",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.HIGH,
    remedy="Ask the Zoom administrator to activate the account, then sign the iPad in.",
    reads=_reads,
    wrong=lambda status, case: REASONS.get(status),
)
