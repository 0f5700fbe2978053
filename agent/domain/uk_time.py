"""UK time: what nights, receipts and letters are told in."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from agent.errors import BadInput

LONDON = ZoneInfo("Europe/London")


def uk_day(now: datetime) -> date:
    """The day in the United Kingdom at this time."""
    return now.astimezone(LONDON).date()


def uk_midnight(now: datetime) -> datetime:
    """When the day in the United Kingdom at this time began, as UTC."""
    day = uk_day(now)
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def uk_moment(text: str, today: date) -> datetime:
    """11:00, 2026-11-22 11:00, or a time with its zone, as UTC. Raises BadInput.

    A time that comes twice or never, when the clocks change, needs its zone.
    """
    told = text.strip()
    if re.fullmatch(r"[0-9]{2}:[0-9]{2}", told):
        told = f"{today.isoformat()} {told}"
    try:
        found = datetime.fromisoformat(told)
    except ValueError as err:
        raise BadInput("a time is not readable", _TIMES) from err
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    here = found.replace(tzinfo=LONDON)
    if here.utcoffset() != here.replace(fold=1).utcoffset():
        raise BadInput("that time comes twice or never: the clocks change", _TIMES)
    return here.astimezone(UTC)


_TIMES = "Write it as 11:00, as 2026-11-22 11:00, or with its zone: 2026-10-25T01:30:00Z."
