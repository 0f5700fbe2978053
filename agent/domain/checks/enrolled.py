"""Is there any record of this iPad in the MDM?"""

from agent.domain.check import Category, Check, Severity, Wrong

enrolled = Check(
    name="device.enrolled",
    says="enrolled in the MDM",
    requirement="A7",
    question=6,
    category=Category.SECURITY,
    severity=Severity.HIGH,
    remedy="Find the iPad in its safe. If it is there, ask the region to enrol it again;"
    " if it is not, report the loss to Regional Silver.",
    reads=lambda facts: facts.seen,
    wrong=lambda records, case: (
        None
        if records
        else Wrong("not-enrolled", "the MDM has no record of its serial, asked directly")
    ),
)
