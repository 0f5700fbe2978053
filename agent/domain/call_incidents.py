"""Incidents that a person's statement causes, and what their letters say."""

from agent.domain.check import Category, Rule, Severity

REPORTED_LOST = Rule(
    name="device.reported-lost",
    says="every iPad is where it belongs",
    requirement="E5",
    question=8,
    category=Category.LOSS,
    severity=Severity.HIGH,
    remedy="Look for it, and ring Infosec. Use it for no call. When it is found, record that:"
    " callsteward device report-found",
)
OVERRIDDEN = Rule(
    name="call.override",
    says="no call is made on an iPad that a machine has proven to be wrong",
    requirement="D4",
    question=8,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="The Governor or Deputy decided that a call goes on with this iPad. See what was"
    " decided with: callsteward call show. Review it within 24 hours.",
)
