"""Does anything else answer in the MDM to this iPad's name or account?"""

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.device import Device, is_older
from agent.domain.facts import Fact, Known, Unknown


def _reads(facts: AssetFacts) -> Fact[tuple[Device, ...]]:
    """What is clearly older than a record of the iPad is left over from before it."""
    others, own = facts.namesakes, facts.seen
    if isinstance(others, Unknown):
        return others
    if isinstance(own, Unknown):
        return own
    newer = tuple(
        one for one in others.value.rows if not any(is_older(one, row) for row in own.value)
    )
    if not newer and others.value.gap is not None:
        return others.value.gap
    return Known(newer, others.source, others.at)


def _wrong(found: tuple[Device, ...], case: Case) -> Wrong | None:
    if not found:
        return None
    because = "the MDM has a device of another serial under its name or account"
    return Wrong("serial-differs", because, " ".join(sorted(one.serial for one in found)))


serial = Check(
    name="device.serial",
    says="nothing of another serial has its name or account in the MDM",
    requirement="A8",
    question=7,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Compare the serial on the back of the iPad with the register. If it was replaced,"
    " record that; if it was not, another device stands in for it.",
    reads=_reads,
    wrong=_wrong,
)
