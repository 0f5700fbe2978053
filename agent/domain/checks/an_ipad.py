"""Is it an iPad at all, and not another device with its serial?"""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.facts import follow

an_ipad = Check(
    name="device.an-ipad",
    says="an iPad, by the MDM's own word",
    requirement="A7",
    question=7,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Compare the serial on the back of the iPad with the MDM's record: another device"
    " answers under it.",
    reads=lambda facts: follow(facts.device, lambda device: device.model),
    wrong=lambda model, case: (
        None
        if model.lower().startswith("ipad")
        else Wrong("not-an-ipad", "the MDM calls it another kind of device", model)
    ),
)
