"""A letter as one text message: what it is about, and whom to ring. Pure."""

from agent.domain.note import Note
from agent.domain.uk_time import LONDON

MOST = 160  # characters of GSM 03.38 in one part; those of its extension count twice
PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€")


def sms(note: Note, phone: str) -> str:
    """At most 160 characters of the phones' own alphabet; `phone` is Infosec's, always whole.

    It differs from every other letter's to the same number: by incident, message, minute and
    role. A phone network blocks what comes again and again in the same words.
    """
    number = f" (message {note.revision})" if note.revision > 1 else ""
    written = f"{note.written_at.astimezone(LONDON):%d %b %H:%M}"
    end = f". {written} UK. Ring Infosec {phone}"
    about = f"callsteward: {note.subject}{number}, for {note.to}"
    return _cut(_spelt(about), MOST - length(_spelt(end))) + _spelt(end)


def length(text: str) -> int:
    """How many characters of one text message it takes."""
    return sum(2 if letter in TWICE else 1 for letter in text)


def _spelt(text: str) -> str:
    """What no phone's alphabet has is a question mark."""
    return "".join(letter if letter in PLAIN | TWICE else "?" for letter in text)


def _cut(text: str, most: int) -> str:
    while length(text) > most:
        text = text[:-1]
    return text
