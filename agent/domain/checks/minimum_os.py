"""Is its system new enough?"""

from agent.domain.baseline import version
from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.facts import Fact, Known, Unknown, follow


def _reads(facts: AssetFacts) -> Fact[str]:
    fact = follow(facts.device, lambda device: device.os_version)
    if isinstance(fact, Known) and version(fact.value) is None:
        return Unknown("unknown-value", "its system's version cannot be read as a version")
    return fact


def _wrong(found: str, case: Case) -> Wrong | None:
    if (version(found) or ()) >= (version(case.baseline.minimum_os) or ()):
        return None
    return Wrong(
        "os-too-old", f"iPadOS {found}, at least {case.baseline.minimum_os} is needed", found
    )


minimum_os = Check(
    name="os.minimum",
    says="its system is new enough",
    requirement="A7",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.MEDIUM,
    remedy="Charge the iPad, leave it on the network overnight and let the MDM update it.",
    reads=_reads,
    wrong=_wrong,
    goes_stale=True,
)
