"""The family and the meetings: what happens in Zoom, and nobody tells us of it."""

from datetime import timedelta

from connectors.sandbox.estate import Ipad
from connectors.sandbox.zoom.healthy import INVITATIONS, MEETINGS
from tests.simulation.calls.world import CallsWorld

LATE = (timedelta(0), timedelta(seconds=20), timedelta(minutes=3), timedelta(minutes=25))
STRANGER = "somebody.else@family.example"


class Family:
    """Accepts early, late, never, or as somebody else; rings, hangs up, and comes back."""

    def __init__(self, world: CallsWorld) -> None:
        self.world, self.zoom = world, world.core.zoom
        self.draw, self.scheduler = world.scheduler.random, world.scheduler
        self.removed: list[tuple[str, str]] = []

    def something(self) -> None:
        """One of them does something, or nobody."""
        ipads = list(self.world.bench.estate)
        ipad = self.draw.choice(ipads)
        what = self.draw.random()
        if what < 0.75:
            self.accept(ipad)
        elif what < 0.8:
            self.come_back()
        elif ipad.zoom_user in self.world.truth.running:
            self.hang_up(ipad)
        elif what > 0.97:
            self.ring(ipad)

    def accept(self, ipad: Ipad) -> None:
        """An invitation that is pending, now or later, perhaps with another account."""
        told = self.zoom.records.named_children(INVITATIONS, ipad.zoom_user)
        pending = sorted(one["email"] for one in told.values() if "accept_at" not in one)
        if not pending:
            return
        by = STRANGER if self.scheduler.chance(0.1) else ""
        at = self.scheduler.now + self.draw.choice(LATE)
        self.zoom.contacts.accept(ipad.zoom_user, self.draw.choice(pending), at, by)
        self.scheduler.note(f"the family accepts on {ipad.local_id} at {at:%H:%M:%S}")

    def come_back(self) -> None:
        """Who was removed still has the chat."""
        if self.removed:
            user, email = self.draw.choice(self.removed)
            at = self.scheduler.now + self.draw.choice(LATE)
            self.zoom.contacts.come_back(user, email, at)
            self.scheduler.note(f"a contact comes back at {at:%H:%M:%S}")

    def ring(self, ipad: Ipad) -> None:
        """A meeting runs on this iPad: the one that was arranged, or a call."""
        user = ipad.zoom_user
        if user in self.world.truth.running or not self.world.weather.is_stormy():
            return
        arranged = self._arranged(user)
        if arranged:
            found = self.zoom.records.one(MEETINGS, arranged[-1]) or {}
            self.zoom.meetings.begin(arranged[-1], found, self.scheduler.now)
        else:
            self.zoom.meetings.start(user, "a call", self.scheduler.now)
        self.world.truth.running[user] = self.scheduler.now
        self.scheduler.counts["meetings"] += 1
        self.scheduler.note(f"A MEETING RUNS on {ipad.local_id}")

    def hang_up(self, ipad: Ipad) -> None:
        """No meeting runs on this iPad any more."""
        for key, found in list(self.zoom.meetings.running()):
            if key.startswith(f"{ipad.zoom_user}/"):
                self.zoom.meetings.finish(key, found, self.scheduler.now)
        if self.world.truth.running.pop(ipad.zoom_user, None):
            self.scheduler.note(f"the meeting is over on {ipad.local_id}")

    def take_away(self, ipad: Ipad) -> None:
        """Two people remove on the iPad whoever is not wanted on it by an open window."""
        user, now = ipad.zoom_user, self.scheduler.now
        open_ = self.world.watch.addresses_live(ipad.asset_tag)
        for email in sorted(self.world.truth.external(user) - open_):
            self.zoom.contacts.remove(user, email, now)
            self.removed.append((user, email))
            self.scheduler.note(f"a contact is removed on {ipad.local_id}")

    def _arranged(self, user: str) -> list[str]:
        records = self.zoom.records
        return sorted(
            key
            for key in records.touched(MEETINGS)
            if key.startswith(f"{user}/")
            and (records.one(MEETINGS, key) or {}).get("status") == "waiting"
        )
