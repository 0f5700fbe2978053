"""Is its account licensed? A Basic host's calls end after 40 minutes."""

from agent.domain.check import Category, Check, Severity, Wrong
from agent.domain.checks.zoom.reading import account

licensed = Check(
    name="zoom.licensed",
    says="its account in Zoom is licensed",
    requirement="K5",
    question=6,
    category=Category.UPKEEP,
    severity=Severity.HIGH,
    remedy="Ask the Zoom administrator for a licence: without one, 40 minutes end a call.",
    reads=account(lambda user: user.licensed),
    wrong=lambda yes, case: (
        None if yes else Wrong("zoom-basic", "a Basic account: its calls end after 40 minutes")
    ),
)
