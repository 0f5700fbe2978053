"""Who does not answer is not asked for a while: 250 iPads must not each wait in vain."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from agent.errors import TryAgain

GIVE_UP = 3  # reads in a row, each with all its tries
PAUSE = timedelta(minutes=5)


class Away:
    """Counts by kind of call, so that one broken kind hides no other. Thread-safe."""

    def __init__(self, now: Callable[[], datetime], pause: timedelta = PAUSE) -> None:
        self._now, self._pause = now, pause
        self._failed: dict[str, tuple[int, datetime]] = {}
        self._lock = Lock()

    def check(self, kind: str, what: str) -> None:
        """Raise TryAgain, saying `what`, where it is not worth asking now."""
        with self._lock:
            times, last = self._failed.get(kind, (0, self._now()))
            if times >= GIVE_UP and self._now() - last < self._pause:
                raise TryAgain(f"{what}: given up for now, after {GIVE_UP} failures in a row")

    def failed(self, kind: str) -> None:
        with self._lock:
            self._failed[kind] = (self._failed.get(kind, (0, None))[0] + 1, self._now())

    def answered(self, kind: str) -> None:
        with self._lock:
            self._failed.pop(kind, None)
