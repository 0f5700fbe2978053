"""Days are those of the United Kingdom, an hour ahead of UTC in summer."""

from datetime import UTC, date, datetime

import pytest

from agent.domain.uk_time import uk_day, uk_moment
from agent.errors import BadInput


def test_a_day_begins_an_hour_earlier_in_summer() -> None:
    assert uk_day(datetime(2026, 7, 1, 23, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert uk_day(datetime(2026, 12, 1, 23, 59, tzinfo=UTC)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("11:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        (" 2026-12-01 11:00 ", datetime(2026, 12, 1, 11, tzinfo=UTC)),
        ("2026-10-25T01:30:00+01:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, found: datetime) -> None:
    assert uk_moment(text, date(2026, 7, 1)) == found


@pytest.mark.parametrize("text", ["", "noon", "25:00", "2026-10-25 01:30", "2026-03-29 01:30"])
def test_a_time_that_is_none_or_comes_twice_or_never_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        uk_moment(text, date(2026, 7, 1))
    assert "with its zone" in refused.value.hint
