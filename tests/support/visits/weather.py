"""Zoom goes away now and then, in one of several ways, and comes back."""

import random
import time
from dataclasses import dataclass

from connectors.http import utc_now
from tests.support.outside import Outside
from tests.support.visits.notes import Notes, Outage

AWAY, THERE = (3.0, 12.0), (40.0, 90.0)  # seconds
READS = ("zoom.groupSettings", "zoom.contacts", "zoom.meeting", "zoom.user")
WRITES = ("zoom.changeGroupSettings", "zoom.createMeeting", "zoom.deleteMeeting", "zoom.invite")
LIVE = ("zoom.presence", "zoom.dashboard", "zoom.meetings")
AILMENTS = (READS + WRITES + LIVE, WRITES, LIVE, ("zoom.token",))
FAULTS = ("error-503", "error-500", "timeout")  # of which none does what was asked


@dataclass
class Weather:
    outside: Outside
    notes: Notes
    random: random.Random
    changes_at: float = 0.0

    def passes(self) -> None:
        """Change it, if it is time."""
        if time.monotonic() < self.changes_at:
            return
        if self._is_away():
            self.clears()
            self.changes_at = time.monotonic() + self.random.uniform(*THERE)
        else:
            self._breaks()
            self.changes_at = time.monotonic() + self.random.uniform(*AWAY)

    def clears(self) -> None:
        self.outside.control("PUT", "failures", {"failures": []})
        if self._is_away():
            self.notes.outages[-1].over = utc_now()

    def _breaks(self) -> None:
        named, fault = self.random.choice(AILMENTS), self.random.choice(FAULTS)
        self.notes.outages.append(Outage(utc_now()))
        told = [{"endpoint": one, "fault": fault} for one in named]
        self.outside.control("PUT", "failures", {"failures": told})

    def _is_away(self) -> bool:
        return bool(self.notes.outages) and self.notes.outages[-1].over is None
