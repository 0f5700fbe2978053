"""One account's rate limits, kept for every process that calls with it.

A row holds when the calls of one label were begun or are booked to begin. What a process that
died had booked stays booked: that delays the others and never lets more through.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from sqlalchemy import Column, Table, Text, select

from agent.store.engine import DATABASE_CLOCK, EPOCH, Store, Transaction, metadata

pace = Table(
    "pace",
    metadata,
    Column("account", Text, primary_key=True),
    Column("label", Text, primary_key=True),
    Column("begun", Text, nullable=False),  # JSON: microseconds of the clock, ascending
    sqlite_strict=True,
)
p = pace.c
FARTHEST = 600_000_000  # microseconds; what lies farther ahead was booked before a restart

Want: TypeAlias = tuple[Mapping[str, int], float]  # calls by label, seconds from now


class Limit(Protocol):
    """At most `count` calls begin within any `window`."""

    @property
    def count(self) -> int: ...

    @property
    def window(self) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class StoredTimetable:
    """A timetable in the store. `account` names whose limits they are.

    `clock` gives seconds and must be the same for all processes of the machine, as
    `time.monotonic` is on Linux: there it counts from the start of the machine. Where the
    time is the database's, moments are told by that, and `clock` only measures how long the
    way from there took: several machines share the timetable.
    """

    store: Store
    account: str
    limits: Mapping[str, Limit]
    clock: Callable[[], float] = time.monotonic

    def book(self, wants: Sequence[Want]) -> Sequence[float]:
        """One short transaction for all of them. See the port `Timetable`."""
        labels = sorted({label for counts, _ in wants for label in counts} & set(self.limits))
        with self.store.beside() as tx:
            before = {label: _Line.read(tx, self.account, label) for label in labels}
            now, read_at = self._now(tx)  # not before the rows are ours: it may take a while
            lines = {
                label: _Line(self.limits[label], _plausible(begun, now))
                for label, begun in before.items()
            }
            moments = [_book(lines, want, now) for want in wants]
            for label, line in lines.items():
                line.write(tx, self.account, label, now)
        after = now + _microseconds(self.clock() - read_at)
        return [(moment - after) / 1e6 for moment in moments]

    def _now(self, tx: Transaction) -> tuple[int, float]:
        """The moment in the timetable's time, and what `clock` says then."""
        if self.store.database_time:
            told: datetime = tx.sql.execute(select(DATABASE_CLOCK)).scalar_one()
            return (told - EPOCH) // timedelta(microseconds=1), self.clock()
        here = self.clock()
        return _microseconds(here), here


def _microseconds(seconds: float) -> int:
    return int(seconds * 1e6)


@dataclass(frozen=True, slots=True)
class _Line:
    """The moments of one label, ascending."""

    limit: Limit
    begun: list[int]

    def free_at(self, count: int) -> int:
        """When `count` more fit; never before what is booked already. 0: at any time."""
        if not self.begun:
            return 0
        room = max(self.limit.count - count, 0)  # more than the limit goes alone
        before = self.begun[-room - 1] if len(self.begun) > room else None
        return self.begun[-1] if before is None else max(self.begun[-1], before + self.window)

    @property
    def window(self) -> int:
        return self.limit.window // timedelta(microseconds=1)

    @staticmethod
    def read(tx: Transaction, account: str, label: str) -> list[int]:
        new = tx.insert(pace).values(account=account, label=label, begun="[]")
        tx.sql.execute(new.on_conflict_do_nothing())
        this = select(p.begun).where(p.account == account, p.label == label).with_for_update()
        return list(json.loads(tx.sql.execute(this).scalar_one()))

    def write(self, tx: Transaction, account: str, label: str, now: int) -> None:
        counted = [at for at in self.begun if at > now - self.window]
        this = pace.update().where(p.account == account, p.label == label)
        tx.sql.execute(this.values(begun=json.dumps(counted, separators=(",", ":"))))


def _book(lines: Mapping[str, _Line], want: Want, now: int) -> int:
    """The first moment that fits every label of this want."""
    counts = {label: n for label, n in want[0].items() if n and label in lines}
    first = now + int(want[1] * 1e6)
    moment = max([first, *(lines[label].free_at(n) for label, n in counts.items())])
    for label, count in counts.items():
        lines[label].begun.extend([moment] * count)
    return moment


def _plausible(begun: Sequence[int], now: int) -> list[int]:
    """After a restart of the machine its clock began anew: take what it left as just begun."""
    return sorted(at if at <= now + FARTHEST else now for at in begun)
