"""The heartbeat of `serve`: an outside monitor is called after ticks and after each sweep.

It has a thread of its own, so a slow monitor delays nothing; what fails is a line of the log.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from agent.errors import ConnectorError
from agent.logs import place
from agent.ports.outside import Monitor

LAST_WAIT = 2.0  # seconds for a call in flight, when the agent stops
SECONDS = 60.0  # at most one call for ticks in so many
HOURLY = 3600.0  # the same where it is a mail
log = logging.getLogger(__name__)


class Pulse:
    """Calls the monitor. Without one, nothing happens. `clock` gives monotonic seconds."""

    def __init__(
        self,
        monitor: Monitor | None,
        clock: Callable[[], float] = monotonic,
        last_wait: float = LAST_WAIT,
        seconds: float = SECONDS,
    ) -> None:
        self._monitor, self._clock, self._last_wait = monitor, clock, last_wait
        self._due, self._seconds = clock(), seconds
        self._wanted, self._over = threading.Event(), False

    def ticked(self) -> None:
        """The agent lives."""
        if self._clock() >= self._due:
            self._due = self._clock() + self._seconds
            self._wanted.set()

    def ended(self, key: str) -> None:
        """Something owed was done: a sweep is told at once."""
        if key.startswith("sweep/"):
            self._wanted.set()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """While this block runs. A call that is in flight at its end is not waited for long."""
        if self._monitor is None:
            yield
            return
        beats = threading.Thread(
            target=self._beat, args=(self._monitor,), name="heartbeat", daemon=True
        )
        beats.start()
        try:
            yield
        finally:
            self._over = True
            self._wanted.set()
            beats.join(self._last_wait)

    def _beat(self, monitor: Monitor) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._over:
                return
            try:
                monitor.beat()
            except ConnectorError as err:
                log.warning("the heartbeat failed", extra={"why": str(err)})
            except Exception as err:  # noqa: BLE001  a fault of ours: the agent goes on
                log.error("a fault of ours", extra={"error": place(err)})
