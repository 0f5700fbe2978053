"""What is owed too long is told; what is owed a little too long is not."""

from datetime import timedelta

import pytest

from agent.domain.check import Category, Severity
from agent.domain.lateness import LATE_AFTER, late
from tests.support.cases import DAY, HOUR, NOW, SECOND


@pytest.mark.parametrize(("kind", "after"), [("sweep", HOUR), ("mail", timedelta(minutes=15))])
def test_late_is_more_than_the_patience_with_its_kind(kind: str, after: timedelta) -> None:
    assert LATE_AFTER[kind] == after
    assert late(kind, [NOW - after], NOW) is None
    problem = late(kind, [NOW - after - SECOND], NOW)
    assert problem is not None
    assert (problem.type, problem.subject) == (f"{kind}.late", kind)
    assert (problem.category, problem.severity) == (Category.OPERATIONAL, Severity.HIGH)
    assert problem.establishment == ""


def test_nothing_owed_or_nothing_due_yet_is_not_late() -> None:
    assert late("mail", [], NOW) is None
    assert late("mail", [NOW + DAY], NOW) is None


def test_only_what_is_late_is_counted_from_the_oldest_on() -> None:
    problem = late("mail", [NOW, NOW - HOUR, NOW - DAY], NOW)
    assert problem is not None
    assert problem.because == "2 owed too long, since 21 Nov 2026 02:30 UTC"
