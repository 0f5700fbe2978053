"""Does the MDM still manage it?"""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.device import Management
from agent.domain.facts import follow

managed = Check(
    name="device.managed",
    says="managed, with no retire or wipe pending",
    requirement="A7",
    question=6,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Use the other iPad first. Ask who gave the order to retire or wipe this one, and"
    " let it be managed again.",
    reads=lambda facts: follow(facts.device, lambda device: device.management),
    wrong=lambda state, case: (
        None
        if state is Management.MANAGED
        else Wrong("not-managed", f"the MDM says: {state.value}", state.value)
    ),
)
