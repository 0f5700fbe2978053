"""The letter that doctor sends when it is asked to: fixed words, nothing of anybody in it."""

from datetime import datetime

from agent.domain.mail import MESSAGE_ID_HOST
from agent.domain.note import Note

SUBJECT = "callsteward: test mail"
BODY = """This is a test mail of callsteward. It says that the way from the agent to this
inbox works. Nothing has happened, and there is nothing to do.
"""


def trial_note(now: datetime) -> Note:
    """`now` is UTC; each moment's letter has an id of its own."""
    return Note(
        message_id=f"<doctor-{now:%Y%m%dT%H%M%S%f}@{MESSAGE_ID_HOST}>",
        subject=SUBJECT,
        body=BODY,
        written_at=now,
        incident="",
        revision=1,
        type="trial",
        category="operational",
        to="trial",
        opened_at=now,
    )
