"""Does the family see a neutral name, and nothing of the prison or its staff?"""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import account

neutral_name = Check(
    name="zoom.neutral-name",
    says="its name in Zoom is its local ID",
    requirement="A10",
    question=2,
    category=Category.UPKEEP,
    severity=Severity.LOW,
    remedy="Ask the Zoom administrator to set the display name to the iPad's local ID.",
    reads=account(lambda user: user.display_name),
    wrong=lambda name, case: (
        None
        if name == case.asset.local_id
        else Wrong("zoom-name", "its display name is not its local ID")
    ),
)
