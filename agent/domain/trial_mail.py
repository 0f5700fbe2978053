"""The nightly test mail that proves the way of all letters. Pure: one for each night."""

from datetime import date

from agent.domain.mail import MESSAGE_ID_HOST, Letter

ROUTE = "<mail-route."
"""What every test mail's Message-ID begins with."""
BODY = """This mail proves that callsteward's letters arrive. It needs no answer.

Where it stops coming, ask who runs callsteward.
"""


def route_letter(night: date) -> Letter:
    """The same night has the same letter."""
    day = night.isoformat()
    return Letter(f"{ROUTE}{day}@{MESSAGE_ID_HOST}>", f"TEST callsteward {day}", BODY)


def beat_letter(number: int) -> Letter:
    """A heartbeat by mail. `number`: seconds since 1970, so that each is another mail."""
    return Letter(f"<heartbeat.{number}@{MESSAGE_ID_HOST}>", "callsteward is alive", BODY)
