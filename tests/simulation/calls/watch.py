"""Sees each commit in the world of calls: what became of each window, and on whose word."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from agent.store.engine import EPOCH, Transaction
from tests.simulation.calls.truth import Truth
from tests.simulation.scheduler import Strand
from tests.simulation.watch import Watch

ROWS = (
    'select id, "call", "group", device, account, mode, state, version, contact, sent'
    " from contact_window"
)
LIVE = ("requested", "open", "invited", "accepted", "in call")
MAY_BE_LISTED = (*LIVE, "closing")


class Seen(NamedTuple):
    """One window as it stands in the database. `contact` is a pseudonym."""

    id: str
    call: str
    group: str
    device: str
    account: str
    mode: str
    state: str
    version: int
    contact: str
    sent: int


@dataclass
class Span:
    """How long a window's address was wanted, by the true time."""

    seen: Seen
    since: datetime
    closing: datetime | None = None
    until: datetime | None = None


@dataclass
class WindowsWatch(Watch):
    """`latest` is the newest time that the database has seen."""

    latest: datetime = EPOCH
    spans: dict[str, Span] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)  # addresses by pseudonym

    def committed(self, tx: Transaction) -> None:
        """Look at what this commit changed."""
        self.latest = max(self.latest, tx.now)
        super().committed(tx)
        strand, now = self.scheduler.strand, self.scheduler.now
        for row in self._sql.execute(ROWS).fetchall():
            self._follow(Seen(*row), strand, now)

    @property
    def truth(self) -> Truth:
        assert isinstance(self.evidence, Truth)
        return self.evidence

    def windows(self) -> list[Seen]:
        return [Seen(*row) for row in self.ask(ROWS + " order by made_at, id")]

    def _follow(self, new: Seen, strand: Strand | None, now: datetime) -> None:
        span = self.spans.setdefault(new.id, Span(new, now))
        if span.closing is None and new.state not in LIVE:
            span.closing = now
        if span.until is None and new.state not in MAY_BE_LISTED:
            span.until = now
        if new.state == "verified" and new.version != span.seen.version:
            self._prove_gone(new, strand)
        if new.state != span.seen.state:
            self.scheduler.note(f"{new.id} is {new.state}")
        span.seen = new

    def _prove_gone(self, new: Seen, strand: Strand | None) -> None:
        """Nobody is called gone whom Zoom still had when it was read, or was not read."""
        self.scheduler.counts["verified"] += 1
        if new.mode != "contact":
            return
        user = next(o.zoom_user for o in self.estate if o.asset_tag == new.device)
        read: Any = self.truth.contacts.get(strand, {}).get(user) if strand else None
        if read is None:
            self.wrong.append(f"{new.id} is verified, and nobody read the contacts to the end")
        elif self.address_of(new) in read:
            self.wrong.append(f"{new.id} is verified, and Zoom had the contact")
        elif read - self.addresses_live(new.device):
            self.wrong.append(f"{new.id} is verified, and Zoom had a stranger on its iPad")

    def address_of(self, window: Seen) -> str:
        """Whose pseudonym it is."""
        return self.known.get(window.contact, "")

    def addresses_live(self, device: str) -> set[str]:
        """Whom the open windows of this iPad allow."""
        live = (o for o in self.windows() if o.device == device and o.state in LIVE)
        return {self.address_of(one) for one in live}
