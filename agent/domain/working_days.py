"""Working days: Monday to Friday. Bank holidays count as working days, so a duty that spans
one falls due a day early rather than late."""

from datetime import date, timedelta

SATURDAY = 5


def working_days_after(day: date, days: int) -> date:
    """The day that is this many working days after `day`."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            days -= 1
    return day
