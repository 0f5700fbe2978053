"""K10, D6: a room that affords some privacy, and is not in a residential area."""

import re
from collections.abc import Iterable

ROOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .'-]{1,39}")


def wrong_room(name: str, residential: Iterable[str]) -> str:
    """Why a call cannot be in this room; empty: it can."""
    if ROOM.fullmatch(name) is None:
        return "a room's name is 2 to 40 letters, digits and spaces (K10)"
    words = re.findall(r"[a-z]+", name.casefold())
    for word in residential:
        if word in words or f"{word}s" in words:
            return f"“{word}” is residential: iPads are never taken there (K10, D6)"
    return ""
