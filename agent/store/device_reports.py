"""What people report of an iPad: lost, and found again; and of a lost one, that it is not the
one in use."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Table,
    Text,
    func,
    select,
)

from agent.store.engine import Moment, Transaction, metadata

device_report = Table(
    "device_report",
    metadata,
    Column("tag", Text, ForeignKey("asset.tag"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # a staff id
    CheckConstraint("what in ('lost', 'found')", name="device_report_what"),
    sqlite_strict=True,
)
d = device_report.c
device_not_in_use = Table(
    "device_not_in_use",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("report", Integer, primary_key=True, autoincrement=False),  # that it was lost
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # a staff id, like the next
    Column("seen_by", Text, nullable=False),
    ForeignKeyConstraint(["tag", "report"], ["device_report.tag", "device_report.number"]),
    CheckConstraint("by <> seen_by", name="device_not_in_use_two_people"),
    sqlite_strict=True,
)
n = device_not_in_use.c


@dataclass(frozen=True, slots=True)
class DeviceReports:
    tx: Transaction

    def lost_since(self, tag: str) -> datetime | None:
        """When it was reported lost; None: it was not, or it was found."""
        lost = self._lost(tag)
        return None if lost is None else lost[1]

    def not_in_use_since(self, tag: str) -> datetime | None:
        """When two people said so of this lost iPad; None: they did not, or it was found."""
        lost = self._lost(tag)
        if lost is None:
            return None
        said = select(n.at).where(n.tag == tag, n.report == lost[0])
        found: datetime | None = self.tx.sql.scalar(said)
        return found

    def add(self, tag: str, what: str, by: str) -> None:
        """Lost, or found."""
        last = self.tx.sql.scalar(select(func.max(d.number)).where(d.tag == tag)) or 0
        values = {"tag": tag, "number": last + 1, "what": what, "at": self.tx.now, "by": by}
        self.tx.sql.execute(device_report.insert().values(values))

    def confirm_not_in_use(self, tag: str, by: str, seen_by: str) -> bool:
        """Of two different people. False: it is not lost, or was confirmed already."""
        lost = self._lost(tag)
        if lost is None or self.not_in_use_since(tag) is not None:
            return False
        values = {"tag": tag, "report": lost[0], "at": self.tx.now}
        said = device_not_in_use.insert().values(**values, by=by, seen_by=seen_by)
        self.tx.sql.execute(said)
        return True

    def _lost(self, tag: str) -> tuple[int, datetime] | None:
        """The report that it is lost, its number and its time, where it is the last one."""
        mine = select(d.what, d.number, d.at).where(d.tag == tag)
        row = self.tx.sql.execute(mine.order_by(d.number.desc()).limit(1)).one_or_none()
        return (row.number, row.at) if row is not None and row.what == "lost" else None
