"""Is the Zoom app that last signed in new enough (X6)?"""

from agent.domain.baseline import version
from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import account
from agent.domain.facts import Fact, Known, Unknown


def _reads(facts: AssetFacts) -> Fact[str]:
    fact = account(lambda user: user.client_version)(facts)
    if isinstance(fact, Known) and version(fact.value) is None:
        return Unknown("unknown-value", "the client's version cannot be read as a version")
    return fact


def client_check(minimum: str) -> Check[str]:
    """The check for this minimum version."""

    def wrong(found: str, case: Case) -> Wrong | None:
        if (version(found) or ()) >= (version(minimum) or ()):
            return None
        because = f"Zoom {found} signed in last, at least {minimum} is needed"
        return Wrong("zoom-client-old", because, found)

    return Check(
        name="zoom.version",
        says="the Zoom app that signed in is new enough",
        requirement="X6",
        question=6,
        category=Category.UPKEEP,
        severity=Severity.MEDIUM,
        remedy="Let the MDM update Zoom; single-app mode must be lifted for the time of the"
        " update.",
        reads=_reads,
        wrong=wrong,
    )
