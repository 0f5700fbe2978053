"""Does the MDM hold it for jailbroken?"""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.facts import follow

untampered = Check(
    name="device.untampered",
    says="not tampered with",
    requirement="E5",
    question=2,
    category=Category.LOSS,
    severity=Severity.HIGH,
    remedy="Use the other iPad. Leave this one switched off in the safe for Infosec.",
    reads=lambda facts: follow(facts.device, lambda device: device.tampered),
    wrong=lambda yes, case: Wrong("tampered", "the MDM calls it jailbroken") if yes else None,
    goes_stale=True,
)
