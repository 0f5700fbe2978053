"""A9: the receipt is owed two working days after the iPad was distributed."""

from datetime import date

import pytest

from agent.domain.working_days import working_days_after


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 16), 2, date(2026, 11, 18)),  # Monday
        (date(2026, 11, 19), 2, date(2026, 11, 23)),  # Thursday
        (date(2026, 11, 20), 2, date(2026, 11, 24)),  # Friday
        (date(2026, 11, 21), 2, date(2026, 11, 24)),  # Saturday
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
        (date(2026, 12, 24), 2, date(2026, 12, 28)),  # bank holidays are not known
    ],
)
def test_only_saturdays_and_sundays_do_not_count(start: date, days: int, due: date) -> None:
    assert working_days_after(start, days) == due
