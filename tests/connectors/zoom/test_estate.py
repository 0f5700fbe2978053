"""Many reads at once: paced by their labels, and stopped when somebody else takes over."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import pytest

from agent.errors import Superseded
from connectors.pacing import LocalPacer
from connectors.zoom.limits import LIMITS, Plan
from tests.connectors.zoom.canned import SPAN, Canned
from tests.connectors.zoom.contract import everyone, no_beat, taken_over

T = TypeVar("T")


def test_calls_wait_for_the_limit_of_their_own_label(canned: Canned) -> None:
    waits: list[float] = []
    pacer = LocalPacer(LIMITS[Plan.FREE], lambda: 0.0, waits.append)
    zoom = canned.zoom(pacer=pacer)
    zoom.users(no_beat)  # three medium calls, where two a second are allowed
    zoom.one("ipad1@prison.example")
    zoom.sign_ins(SPAN, no_beat)  # two heavy calls, where one a second is
    assert len(waits) == 2
    assert all(1 < wait <= 1.1 for wait in waits)


def test_a_beat_that_raises_stops_what_has_not_begun(canned: Canned) -> None:
    left: list[Callable[[], Any]] = []

    def all_begun(tasks: Iterable[Callable[[], T]]) -> Iterator[T]:
        first, *rest = tasks
        left.extend(rest)
        yield first()

    zoom = canned.zoom(all_begun)
    users = everyone(zoom)
    with pytest.raises(Superseded):
        zoom.accounts(users, SPAN, taken_over)
    asked = len(canned.asked)
    assert len(left) == len(users) - 1
    for task in left:
        with pytest.raises(Superseded):
            task()
    assert len(canned.asked) == asked


def test_reading_nothing_costs_nothing(canned: Canned) -> None:
    zoom = canned.zoom()
    assert zoom.accounts([], SPAN, no_beat) == {}
    assert zoom.groups([], no_beat) == {}
    assert zoom.calls() == {"token": 0}
