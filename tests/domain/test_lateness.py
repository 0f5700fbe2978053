"""What is owed too long is told; what is owed a little too long is not."""

from datetime import timedelta

import pytest

from agent.domain.check import Category, Severity
from agent.domain.lateness import EVERYWHERE, LATE_AFTER, MANY, late
from tests.support.cases import DAY, HOUR, NOW, SECOND


@pytest.mark.parametrize(("kind", "after"), [("sweep", HOUR), ("mail", timedelta(minutes=15))])
def test_late_is_more_than_the_patience_with_its_kind(kind: str, after: timedelta) -> None:
    assert LATE_AFTER[kind] == after
    assert late(kind, {"one": [NOW - after]}, NOW) == []
    (problem,) = late(kind, {"one": [NOW - after - SECOND]}, NOW)
    assert (problem.type, problem.subject) == (f"{kind}.late", "one")
    assert (problem.category, problem.severity) == (Category.OPERATIONAL, Severity.HIGH)
    assert problem.establishment == ""


def test_nothing_owed_or_nothing_due_yet_is_not_late() -> None:
    assert late("mail", {}, NOW) == []
    assert late("mail", {"one": [NOW + DAY]}, NOW) == []


def test_only_what_is_late_is_counted_from_the_oldest_on() -> None:
    (problem,) = late("mail", {"one": [NOW, NOW - HOUR, NOW - DAY]}, NOW)
    assert problem.because == "2 owed too long, since 21 Nov 2026 02:30 UTC"


def test_few_that_are_late_are_told_each_and_many_are_one_cause() -> None:
    owed = {f"security.{n}": [NOW - HOUR] for n in range(MANY - 1)}
    assert [p.subject for p in late("mail", owed, NOW)] == sorted(owed)
    owed["infosec"] = [NOW - DAY]
    (problem,) = late("mail", owed, NOW)
    assert problem.subject == EVERYWHERE
    assert problem.because == f"{MANY} owed too long, since 21 Nov 2026 02:30 UTC"
