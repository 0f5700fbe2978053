"""What a channel tells later of a letter that it took: whether it was delivered. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem

UNDELIVERED = "mail.undelivered"
DELIVERED = "delivered"
FAILED = ("permanent-failure", "temporary-failure", "technical-failure")
"""Final, all of them: a temporary failure is one of the inbox, and nothing is tried again."""
PLAIN = re.compile(r"[a-z-]{1,40}(\.[A-Z]{3})?")


@dataclass(frozen=True, slots=True)
class Receipt:
    """`reference` is the letter's message id without its brackets; `to` a pseudonym."""

    id: str  # of the message, as the channel has it
    reference: str
    to: str
    status: str
    completed_at: datetime | None


def undelivered(recipient: str, status: str) -> Problem:
    """One for each recipient, however many letters did not reach it."""
    return Problem(
        type=UNDELIVERED,
        subject=recipient,
        establishment="",
        reason="not-delivered",
        because=f"a letter was not delivered ({status})",
        value=status,
        category=Category.OPERATIONAL,
        severity=Severity.HIGH,
    )


def where(recipient: str) -> str:
    """The recipient for a letter. A region's name is of somebody's typing: it stays out."""
    return recipient if PLAIN.fullmatch(recipient) else "an inbox of a region"
