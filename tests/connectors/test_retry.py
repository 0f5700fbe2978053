"""Patience with reads."""

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from agent.errors import Refused, TryAgain
from connectors.retry import Patience, patiently, retry_after

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Flaky:
    """Fails so many times, then answers."""

    def __init__(self, times: int, err: Exception) -> None:
        self.times, self.err, self.calls = times, err, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.err
        return "answer"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("3", 3),
        (" 2.128 ", 2.128),
        ("0", 0),
        ("Sun, 22 Nov 2026 02:00:07 GMT", 7),
        ("Sun, 22 Nov 2026 02:00:07 -0000", 7),
        ("Sun, 22 Nov 2026 01:00:00 GMT", 0),
    ],
)
def test_each_form_of_retry_after_is_read(text: str, wait: float) -> None:
    assert retry_after(text, NOW) == timedelta(seconds=wait)


@pytest.mark.parametrize(
    "text",
    [
        None, "", "soon", "-5", "1e9", "NaN", "9" * 40,
        "Sun, 22 Nov 99999 02:00:00 GMT",
        "Sun, 22 Nov 99999999999999999999 02:00:00 GMT",
        "Sun, 22 Nov 2026 02:00:00 +99999999999999999999",
    ],
)  # fmt: skip
def test_an_odd_retry_after_is_as_if_absent(text: str | None) -> None:
    assert retry_after(text, NOW) is None


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    call = Flaky(1, TryAgain("busy", after=timedelta(seconds=0.2)))
    start = time.monotonic()
    assert patiently(call, Patience(first_wait=MILLISECOND)) == "answer"
    assert time.monotonic() - start >= 0.2


def test_a_wait_that_outlasts_its_patience_is_not_begun() -> None:
    call = Flaky(1, TryAgain("busy", after=timedelta(hours=1)))
    with pytest.raises(TryAgain) as told:
        patiently(call, Patience())
    assert call.calls == 1
    assert told.value.after == timedelta(hours=1)


def test_its_own_waits_double_and_are_capped_by_its_patience() -> None:
    call = Flaky(99, TryAgain("away"))
    with pytest.raises(TryAgain):
        patiently(call, Patience(total=2000 * MILLISECOND, first_wait=300 * MILLISECOND))
    assert call.calls == 3  # after 0.3 and 0.6 s; 1.2 s more would be too long


def test_no_wait_of_its_own_is_longer_than_the_longest() -> None:
    call = Flaky(16, TryAgain("away"))  # doubled each time, the waits would be 65 s
    patience = Patience(first_wait=MILLISECOND, longest_wait=2 * MILLISECOND, tries=20)
    assert patiently(call, patience) == "answer"


def test_it_stops_after_so_many_tries() -> None:
    call = Flaky(99, TryAgain("away", after=timedelta(0)))
    with pytest.raises(TryAgain):
        patiently(call, Patience(tries=3))
    assert call.calls == 3


@pytest.mark.parametrize("err", [Refused("no"), KeyError("ours")])
def test_nothing_else_is_tried_again(err: Exception) -> None:
    call = Flaky(1, err)
    with pytest.raises(type(err)):
        patiently(call, Patience())
    assert call.calls == 1


def test_a_retry_is_not_logged_with_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    patiently(Flaky(1, TryAgain("away", after=timedelta(0))), Patience())
    assert caplog.records == []
