"""Many reads at once: paced by their labels, and stopped when somebody else takes over."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import pytest

from agent.domain.facts import Known
from agent.errors import Superseded
from connectors.pacing import LocalPacer
from connectors.zoom.limits import LIMITS, Plan
from tests.connectors.zoom.canned import SPAN, Canned
from tests.connectors.zoom.contract import everyone, no_beat, taken_over

T = TypeVar("T")
KINDS = ("settings", "recordings", "transcripts", "contacts")


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
    assert len(left) == len(KINDS) * len(users) - 1
    for task in left:
        with pytest.raises(Superseded):
            task()
    assert len(canned.asked) == asked


def test_reading_nothing_costs_nothing(canned: Canned) -> None:
    zoom = canned.zoom()
    assert zoom.accounts([], SPAN, no_beat) == {}
    assert zoom.groups([], no_beat) == {}
    assert zoom.calls() == {"token": 0}


def test_one_of_each_kind_is_read_in_turn_and_each_beat_says_how_far_its_kind_is(
    canned: Canned,
) -> None:
    """So what a kind costs besides its calls is spread, and no kind waits for another."""
    zoom = canned.zoom()
    users = everyone(zoom)
    beats: list[tuple[str, int, int]] = []
    found = zoom.accounts(users, SPAN, lambda what, done, of: beats.append((what, done, of)))
    of = len(users)
    assert beats == [(kind, n, of) for n in range(1, of + 1) for kind in KINDS]
    one = zoom.contacts(users[1].email)
    assert isinstance(one, Known)
    of_the_second = found[users[1].email].contacts
    assert isinstance(of_the_second, Known)
    assert of_the_second.value == one.value
