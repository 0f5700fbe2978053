"""Incidents of calls that no sweep finds, and what their letters say."""

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
CONTACT_LEFT = Rule(
    name="contact.left",
    says="a contact is gone once its call is over",
    requirement="E2",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Remove the contact on the iPad (Contacts, External contacts, Remove contact): two"
    " people see it done, then: callsteward contact attest-removal",
)
NOT_REMOVED = Rule(
    name="contact.not-removed",
    says="two people remove what is left of a contact on the iPad",
    requirement="E2",
    question=2,
    category=Category.SECURITY,
    severity=Severity.MEDIUM,
    remedy="Remove contact, call history, chat and the invitation's mail on the iPad; then:"
    " callsteward contact attest-removal",
)
MEETING_UNLIKE = Rule(
    name="contact.meeting-unlike",
    says="a meeting is arranged with the settings that must hold",
    requirement="K12",
    question=2,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Look at the settings of the meeting in Zoom before the call: waiting room on, no"
    " recording, no companion.",
)
RECORDED = Rule(
    name="call.recorded",
    says="no call is recorded, and no AI Companion listens",
    requirement="D4",
    question=8,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="If the call runs still, the protocol says end the call: end it now. What was kept"
    " is evidence: delete nothing. What was tried is shown by: callsteward call show",
)
CALL_RULES = (REPORTED_LOST, OVERRIDDEN, CONTACT_LEFT, NOT_REMOVED, MEETING_UNLIKE, RECORDED)
"""All of them."""
