"""The letter by which people try out a route: fixed words, and no incident."""

from hashlib import sha256
from textwrap import fill

from agent.domain.mail import MESSAGE_ID_HOST, WIDTH, Letter
from agent.domain.routes import Recipient

WORD = "TEST-"  # the ids of such letters begin so


def trial_id(year: int, number: int) -> str:
    """TEST-2026-00001."""
    return f"{WORD}{year}-{number:05}"


def trial_letter(trial: str, to: Recipient) -> Letter:
    """What `to` gets. Marked in the subject, so that nobody takes it for an incident."""
    place = f" of {to.code}" if to.code else ""
    lines = (
        f"This is a test: nothing has happened. It was sent to {to.name}{place} to see whether"
        " what callsteward must tell arrives here.",
        "Somebody of ours asked for it and waits to hear that it came. There is nothing else to"
        " do.",
    )
    which = sha256(str(to).encode()).hexdigest()[:12]  # a region's name is no word of ASCII
    return Letter(
        message_id=f"<{trial}.{which}@{MESSAGE_ID_HOST}>",
        subject=f"TEST {trial.removeprefix(WORD)}: nothing has happened",
        body="\n\n".join(fill(line, WIDTH) for line in lines) + "\n",
    )
