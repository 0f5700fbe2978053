"""The heartbeat of serve: in a thread of its own, at most once a minute, and for each sweep."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from agent.errors import TryAgain
from agent.pulse import HOURLY, SECONDS, Pulse

PATIENCE = 10.0  # seconds until a test gives up


@dataclass
class Hears:
    """A monitor that counts, and does what a test says."""

    does: Callable[[], object] = lambda: None
    heard: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def beat(self) -> None:
        self.heard.release()
        self.does()

    def again(self) -> bool:
        return self.heard.acquire(timeout=PATIENCE)

    def silent(self) -> bool:
        return not self.heard.acquire(blocking=False)


@dataclass
class Time:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_tick_is_told_at_most_once_a_minute() -> None:
    monitor, time = Hears(), Time()
    pulse = Pulse(monitor, time)
    with pulse.beating():
        pulse.ticked()
        assert monitor.again()
        time.now += SECONDS - 1
        pulse.ticked()
        time.now += 1
        pulse.ticked()
        assert monitor.again()
    assert monitor.silent()


def test_where_a_beat_is_a_mail_it_is_told_at_most_once_an_hour() -> None:
    monitor, time = Hears(), Time()
    pulse = Pulse(monitor, time, seconds=HOURLY)
    with pulse.beating():
        pulse.ticked()
        assert monitor.again()
        time.now += HOURLY - 1
        pulse.ticked()
        time.now += 1
        pulse.ticked()
        assert monitor.again()
    assert monitor.silent()


def test_a_sweep_that_ended_is_told_at_once_and_other_duties_are_not() -> None:
    monitor = Hears()
    pulse = Pulse(monitor, Time())
    with pulse.beating():
        pulse.ended("mail/INC-1/K10001")
        pulse.ended("sweep/2026-11-22")
        assert monitor.again()
    assert monitor.silent()


@pytest.mark.parametrize("fault", [TryAgain("monitor: away"), ValueError("canary")])
def test_a_call_that_fails_is_a_line_of_the_log_and_the_next_is_made(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise fault

    monitor = Hears(fail)
    pulse = Pulse(monitor, Time())
    with caplog.at_level(logging.WARNING), pulse.beating():
        for _ in range(2):
            pulse.ended("sweep/2026-11-22")
            assert monitor.again()
    assert len(caplog.records) == 2
    assert "canary" not in caplog.text


def test_a_slow_monitor_delays_nobody() -> None:
    """Neither a tick nor the end of the agent waits for its answer."""
    answers = threading.Event()
    monitor = Hears(lambda: answers.wait(PATIENCE))
    pulse = Pulse(monitor, Time(), last_wait=0)
    with pulse.beating():
        pulse.ticked()
        assert monitor.again()
        pulse.ended("sweep/2026-11-22")
    assert not answers.is_set()
    answers.set()


def test_without_a_monitor_there_is_no_thread() -> None:
    before = threading.active_count()
    pulse = Pulse(None)
    with pulse.beating():
        pulse.ticked()
        pulse.ended("sweep/2026-11-22")
        assert threading.active_count() == before
