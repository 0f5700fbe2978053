"""Days are those of the United Kingdom, an hour ahead of UTC in summer."""

from datetime import UTC, date, datetime

from agent.domain.uk_time import uk_day


def test_a_day_begins_an_hour_earlier_in_summer() -> None:
    assert uk_day(datetime(2026, 7, 1, 23, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert uk_day(datetime(2026, 12, 1, 23, 59, tzinfo=UTC)) == date(2026, 12, 1)
