"""Is it supervised, so that the restrictions hold?"""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.facts import follow

supervised = Check(
    name="device.supervised",
    says="supervised",
    requirement="A7",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Use the other iPad first. Ask the region to enrol this one again through automated"
    " device enrolment.",
    reads=lambda facts: follow(facts.device, lambda device: device.supervised),
    wrong=lambda yes, case: (
        None if yes else Wrong("not-supervised", "enrolled, but not supervised")
    ),
    goes_stale=True,
)
