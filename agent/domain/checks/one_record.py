"""Does the MDM know this serial once only?"""

from agent.domain.check import AssetFacts, Case, Category, Check, Severity, Wrong
from agent.domain.device import Device
from agent.domain.facts import Fact, Known


def _reads(facts: AssetFacts) -> Fact[tuple[Device, ...]]:
    """One record only needs the proof that there is no other; two need none."""
    several = isinstance(facts.seen, Known) and len(facts.seen.value) > 1
    return facts.seen if several else facts.records


def _wrong(records: tuple[Device, ...], case: Case) -> Wrong | None:
    if len(records) < 2:
        return None
    return Wrong(
        "duplicate-serial",
        f"the MDM has {len(records)} records of its serial",
        str(len(records)),
    )


one_record = Check(
    name="device.one-record",
    says="one record of its serial in the MDM",
    requirement="A8",
    question=7,
    category=Category.SECURITY,
    severity=Severity.MEDIUM,
    remedy="Compare the serial on the back of the iPad with both records; remove the record"
    " that is left over from before a wipe.",
    reads=_reads,
    wrong=_wrong,
)
