"""Is the SIM in it the one that the register has?"""

from agent.domain.check import AssetFacts, Category, Check, Severity, Wrong
from agent.domain.facts import Fact, Known, Unknown, follow


def _reads(facts: AssetFacts) -> Fact[str]:
    found = follow(facts.device, lambda device: device.iccid)
    if isinstance(found, Known) and not facts.asset.iccid:
        return Unknown("not-recorded", "the register does not say which SIM is in it")
    return found


sim = Check(
    name="sim.registered",
    says="the SIM of the register is in it",
    requirement="A12",
    question=7,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Look at the SIM tray. If the SIM was replaced on purpose, record it in the"
    " register.",
    reads=_reads,
    wrong=lambda found, case: (
        None
        if found == case.asset.iccid
        else Wrong("sim-changed", "another SIM than the register's is in it", found)
    ),
    goes_stale=True,
)
