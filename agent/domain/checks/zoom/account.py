"""Has the iPad an account in Zoom, of its own 365 account (A6)?"""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import zoom

zoom_account = Check(
    name="zoom.account",
    says="its account in Zoom is there",
    requirement="A6",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.HIGH,
    remedy="Ask the Zoom administrator to add the iPad's Microsoft 365 account as a licensed"
    " user of its group.",
    reads=zoom(lambda facts: facts.user),
    wrong=lambda user, case: (
        Wrong(
            "zoom-no-account", "Zoom has no user of its Microsoft 365 account, asked directly"
        )
        if user is None
        else None
    ),
)
