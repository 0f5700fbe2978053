"""Ids as parts of a path."""

from urllib.parse import quote

from agent.errors import UnknownReply


def segment(text: str) -> str:
    """An id or an e-mail as one part of a path. Raises UnknownReply where there is none."""
    if not text.strip("."):
        raise UnknownReply("there is no id to ask by")
    return quote(text, safe="")


def meeting_segment(uuid: str) -> str:
    """A meeting's uuid as one part of a path. One with a slash is encoded twice: Zoom asks
    for it where the slash is in front or one of two, and takes it for any."""
    once = segment(uuid)
    return quote(once, safe="") if "/" in uuid else once
