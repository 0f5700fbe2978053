"""What many kills did to contact windows, judged from outside: each method names what is wrong.

Nothing here leans on the code that it judges: it knows the audit's rows, the tables as plain
SQL, Zoom's journal, and what an observer wrote down.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.visits.notes import Live, Notes
from tests.support.visits.truth import Truth

LEASE = timedelta(seconds=30)  # so long an attempt may go on from what it had read
OPEN = ("requested", "open", "invited", "accepted", "in call")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Way:
    """One window as the database and the audit have it."""

    id: str
    call: str
    device: str
    group: str
    mode: str
    state: str
    meeting: str
    made_at: datetime
    closing_at: datetime | None  # from then on it has to go
    closed_at: datetime | None  # read back, by our own word
    verified_at: datetime | None


def ways(rows: Sequence[Any], audit: Sequence[Mapping[str, Any]]) -> list[Way]:
    """`rows`: id, call, device, group, mode, state, meeting, made_at (microseconds)."""
    told: dict[tuple[str, str], datetime] = {}
    for one in audit:
        if one["what"].startswith("CONTACT_"):
            at = datetime.fromisoformat(one["when"])
            told.setdefault((one["what"], one["subjectId"]), at)

    def when(word: str, row: Any) -> datetime | None:
        return told.get((f"CONTACT_{word}", row.id))

    return [
        Way(
            id=row.id, call=row.call, device=row.device, group=row.group, mode=row.mode,
            state=row.state, meeting=row.meeting,
            made_at=EPOCH + timedelta(microseconds=row.made_at),
            closing_at=when("CLOSING", row), closed_at=when("CLOSED", row),
            verified_at=when("VERIFIED", row),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judge:
    """`entries`: call and number of each statement kept. `blind`: iPads without a consent."""

    ways: Sequence[Way]
    entries: frozenset[tuple[str, int]]
    notes: Notes
    truth: Truth
    blind: frozenset[str]

    def lost(self) -> Iterator[str]:
        """Statements that were taken and are gone; people for whom no window was made."""
        for one in self.notes.said:
            if (one.call, one.number) not in self.entries:
                yield f"{one.call}: {one.step} is gone"
        made = {self._address(one) for one in self.ways}
        for address in self.notes.asked:
            if address not in made:
                yield f"{address} was to be invited, and has no window"

    def not_closed(self) -> Iterator[str]:
        """Windows that are open still, or closed by our word alone."""
        swaps = self.truth.swaps()
        for one in self.ways:
            if one.id not in self.notes.due:
                yield f"{one.id} was never ended"
            if one.state in OPEN or one.closed_at is None:
                yield f"{one.id} is {one.state}"
                continue
            at = one.closed_at
            listed = [swap.after for swap in swaps if swap.group == one.group and swap.at <= at]
            if one.mode == "contact" and listed and self._address(one) in listed[-1]:
                yield f"{one.id} was called closed while its address was on the list"
            if one.mode == "meeting" and one.meeting in self.truth.meetings[one.device]:
                yield f"{one.id}: its meeting is there"
        for tag, left in self.truth.lists.items():
            if left:
                yield f"{tag}: {len(left)} addresses are on its lists"

    def wrongly_green(self) -> Iterator[str]:
        """Verified, though it was there, or nobody could see."""
        for one in self.ways:
            if one.state != "verified" and one.verified_at is None:
                continue
            address = self._address(one)
            removed = self.notes.removed.get(f"{one.device} {address}")
            if one.mode == "contact" and one.device in self.blind:
                yield f"{one.id} is verified without a consent"
            if one.state == "verified" and address in self.truth.contacts[one.device]:
                yield f"{one.id} is verified, and the contact is there"
            if one.mode == "meeting" and one.meeting in self.truth.meetings[one.device]:
                yield f"{one.id} is verified, and the meeting is there"
            if removed and one.verified_at and one.verified_at < removed:
                yield f"{one.id} was verified before the contact was removed"

    def duplicates(self) -> Iterator[str]:
        """Invitations beyond those that were asked for and those that a kill explains."""
        sent = Counter(
            address for one in self.truth.of("zoom.invite") for address in one.addresses
        )
        killed = Counter(
            key.removeprefix("contact.invite/")
            for death in self.notes.deaths
            for key in death.held
            if key.startswith("contact.invite/")
        )
        may = Counter(self.notes.asked)
        for window, address in self.notes.addresses.items():
            may[address] += killed[window]
        for address, times in sent.items():
            if times > may[address]:
                yield f"{address} was invited {times} times, at most {may[address]}"

    def foreign(self) -> Iterator[str]:
        """What was taken away though no window of ours had to lose it then."""
        for swap in self.truth.swaps():
            here = [one for one in self.ways if one.group == swap.group]
            for address in swap.gone:
                own = [one for one in here if self._address(one) == address]
                if not any(_has_to_go(one, swap.at) for one in own):
                    yield f"{address} was taken off the lists of {swap.group} at {swap.at}"
        ours = {one.meeting: one for one in self.ways if one.meeting}
        for gone in self.truth.of("zoom.deleteMeeting"):
            found = ours.get(gone.name)
            if found is None or not _has_to_go(found, gone.at):
                yield f"meeting {gone.name} was deleted at {gone.at}"
        left = {name for there in self.truth.meetings.values() for name in there}
        for name in self.notes.strangers:
            if name not in left:
                yield f"meeting {name} of somebody else is gone"

    def changed(self) -> Iterator[str]:
        """What was changed on an iPad's group or user while a meeting ran there."""
        groups = {one.device: one.group for one in self.ways}
        for live in self.notes.lives:
            group = groups.get(live.device)
            key = f"allow-list/{group}"
            here = [swap for swap in self.truth.swaps() if swap.group == group]
            for swap in here:
                in_doubt = not swap.gone and self._doubt(swap.at)
                if self._strikes(live, swap.at, key) and not in_doubt:
                    yield f"the lists of {live.device} at {swap.at}, in a meeting"
            for one in self.ways:
                for gone in self.truth.of("zoom.deleteMeeting"):
                    mine = one.device == live.device and gone.name == one.meeting
                    if mine and self._strikes(live, gone.at, f"meeting-gone/{one.id}"):
                        yield f"{one.id}'s meeting was deleted at {gone.at}, in a meeting"

    def _strikes(self, live: Live, at: datetime, key: str) -> bool:
        """Whether it came into the meeting, and from no attempt that had begun before it."""
        if not live.began < at < (live.over or at):
            return False
        return f"zoom.{key}" not in live.racing or at > live.began + LEASE

    def _doubt(self, at: datetime) -> bool:
        """Nobody could tell whether a meeting ran: who is to be reached may be added."""
        return any(
            one.began <= at and (one.over is None or at <= one.over + LEASE)
            for one in self.notes.outages
        )

    def _address(self, one: Way) -> str:
        return self.notes.addresses.get(one.id, "")

    def lateness(
        self, *, calm: bool, unstated: bool = False, served: bool = False
    ) -> dict[str, float]:
        """Seconds from when each window had to be closed, and could be, until it was.
        `served`: not before there was an agent again after a kill."""
        back = list(self.notes.served_again()) if served else []
        return {
            one.id: max(0.0, self._late(one, one.closed_at, back).total_seconds())
            for one in self.ways
            if one.closed_at is not None and one.id in self.notes.due
            if (one.call in self.notes.calm) is calm
            if (one.id in self.notes.unstated) is unstated
        }

    def _late(self, one: Way, closed: datetime, back: Sequence[datetime]) -> timedelta:
        since = [at for at in back if at <= closed]
        return closed - max([self._could(one, closed), *since])

    def _could(self, one: Way, closed: datetime) -> datetime:
        """The latest of: due, the lease of who died over it, Zoom back, the meeting over."""
        name = (
            f"contact.close/{one.id}", f"zoom.meeting-gone/{one.id}",
            f"zoom.allow-list/{one.group}",
        )  # fmt: skip
        leases = (
            end for death in self.notes.deaths for key, end in death.held.items() if key in name
        )
        back = (away.over for away in self.notes.outages)
        over = (live.over for live in self.notes.lives if live.device == one.device)
        moments = [at for at in (*leases, *back, *over) if at is not None and at <= closed]
        return max([self.notes.due[one.id], *moments])


def _has_to_go(one: Way, at: datetime) -> bool:
    return one.closing_at is not None and one.closing_at <= at
