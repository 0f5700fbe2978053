"""What was read again counts for its own iPad, and only while it is fresh."""

from datetime import timedelta

from agent.domain.check import Verdict
from agent.domain.second_look import SecondLook
from tests.support.stores import NOON

FRESH, MOMENT = timedelta(minutes=15), timedelta(microseconds=1)
LOOK = SecondLook("K1", NOON, {"a": Verdict.FAIL})


def test_it_says_what_was_read_of_this_ipad_a_quarter_of_an_hour_long() -> None:
    assert LOOK.of("K1", "a", NOON + FRESH, FRESH) is Verdict.FAIL
    assert LOOK.of("K1", "a", NOON + FRESH + MOMENT, FRESH) is Verdict.UNKNOWN
    assert LOOK.of("K2", "a", NOON, FRESH) is Verdict.UNKNOWN
    assert LOOK.of("K1", "b", NOON, FRESH) is Verdict.UNKNOWN
