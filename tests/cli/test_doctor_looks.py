"""How doctor looks: what fails does not stop the others, what hangs is left."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.doctor import Asked, looked
from agent.doctor_wiring import ConfiguredOutside
from agent.domain.diagnosis import Diagnosis, Outcome, ok
from agent.errors import TryAgain
from agent.looks.base import Installation, Look
from agent.settings import load
from connectors.http import utc_now
from tests.support.commands import Cli

GOOD = ok("a", "Good.")


@pytest.fixture
def it(cli: Cli) -> Installation:
    settings = load()
    return Installation(settings, None, ConfiguredOutside(settings), utc_now, Path("none"))


def _raising(err: Exception) -> Look:
    def ask(it: Installation) -> Iterator[Diagnosis]:
        yield GOOD
        raise err

    return Look("a.look", ask)


def test_what_stops_a_look_is_told_after_what_it_found(it: Installation) -> None:
    good, stopped = looked(_raising(TryAgain("the database is busy", hint="Wait.")), it)
    assert good == GOOD
    assert stopped == Diagnosis("a.look", Outcome.UNSEEN, "The database is busy.", "Wait.")


def test_a_fault_of_ours_is_told_by_its_place_alone(it: Installation) -> None:
    _, fault = looked(_raising(ValueError("canary")), it)
    assert fault.outcome is Outcome.UNSEEN
    assert "ValueError at" in fault.says
    assert "canary" not in fault.says


def test_a_look_that_hangs_is_left_and_what_it_found_is_kept(it: Installation) -> None:
    """A resolver that never answers cannot be stopped; the process ends all the same."""
    found, over = threading.Event(), threading.Event()

    def ask(it: Installation) -> Iterator[Diagnosis]:
        yield GOOD
        found.set()
        over.wait(30)

    asked = Asked(Look("a.look", ask), it)
    assert found.wait(10)
    good, left = asked.found(0, 32)
    over.set()
    assert good == GOOD
    assert (left.outcome, left.says) == (Outcome.UNSEEN, "Not done within 32 seconds.")


def test_a_look_that_is_done_is_not_waited_for(it: Installation) -> None:
    assert Asked(Look("a.look", lambda it: (GOOD,)), it).found(10, 12) == [GOOD]
