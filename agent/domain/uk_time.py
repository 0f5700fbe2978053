"""UK time: what nights, receipts and letters are told in."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def uk_day(now: datetime) -> date:
    """The day in the United Kingdom at this time."""
    return now.astimezone(LONDON).date()
