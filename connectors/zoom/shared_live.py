"""What runs now, for many who ask again and again: one dashboard call for all of them.

Zoom allows ten or twenty of these calls a minute, for the whole account. So a dashboard that is
not older than some seconds answers everybody, and says when it was read. Where it cannot tell,
the user's own list is asked. Whoever must know of this very moment asks `ZoomLive`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import LiveMeeting, Scopes, User
from connectors.zoom.client import SOURCE
from connectors.zoom.live import Dashboard, ZoomLive

FRESH = timedelta(seconds=12)  # five calls a minute at most
LOOKED = timedelta(minutes=1)  # how often it is asked whether one meeting is recorded


class SharedLive:
    """The port `LiveMeetings`, frugally. `fresh` is how old a dashboard may be."""

    def __init__(
        self, live: ZoomLive, now: Callable[[], datetime], fresh: timedelta = FRESH
    ) -> None:
        self._live, self._now, self._fresh = live, now, fresh
        self._board: Dashboard | None = None
        self._recorded: dict[LiveMeeting, tuple[datetime, Fact[bool]]] = {}
        self._lock = Lock()

    def live(self, user: User) -> Fact[Seen[LiveMeeting]]:
        board = self._dashboard()
        seen = board.of(user.email)
        if seen.rows or seen.gap is None:
            return Known(seen, SOURCE, board.at)
        listed = self._live.of_user(user)
        if isinstance(listed, Unknown) or listed.value.rows:
            return listed
        return seen.gap

    def in_meeting(self, user: User) -> Fact[bool]:
        return self._live.in_meeting(user)

    def recorded(self, meeting: LiveMeeting) -> Fact[bool]:
        """The dashboard shows it too; what it does not show is asked once a minute."""
        board = self._dashboard()
        if meeting in board.recorded:
            return Known(True, SOURCE, board.at)  # noqa: FBT003
        with self._lock:
            self._forget()
            if meeting in self._recorded:
                return self._recorded[meeting][1]
        told = self._live.recorded(meeting)
        with self._lock:
            self._recorded[meeting] = (self._now(), told)
        return told

    def scopes(self) -> Fact[Scopes]:
        return self._live.scopes()

    def _dashboard(self) -> Dashboard:
        """Who comes while it is read waits for that reading."""
        with self._lock:
            if self._board is None or self._now() - self._board.at >= self._fresh:
                self._board = self._live.dashboard()
            return self._board

    def _forget(self) -> None:
        old = [one for one, told in self._recorded.items() if self._now() - told[0] >= LOOKED]
        for one in old:
            del self._recorded[one]
