"""Is every iPad in the MDM on the register?"""

from collections.abc import Collection, Iterable

from agent.domain.check import Category, Finding, Rule, Severity, Verdict
from agent.domain.device import Device

listed = Rule(
    name="register.listed",
    says="every iPad in the MDM is on the register",
    requirement="A8",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Find out whose iPad it is. Add it to the register if it belongs to the scheme,"
    " or remove it from the MDM.",
)


def strangers(devices: Iterable[Device], serials: Collection[str]) -> list[Finding]:
    """A finding for each device that nobody registered; one for two records of one serial."""
    found = {
        f"serial/{device.serial}" if device.serial else f"device/{device.id}": device
        for device in devices
        if device.serial not in serials
    }
    return [
        Finding(
            subject, "", listed.name, Verdict.FAIL, "not-on-register",
            "the MDM has it, the register does not", subject, listed.severity,
        )
        for subject in sorted(found)
    ]  # fmt: skip
