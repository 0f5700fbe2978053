"""What people report of an iPad: lost, and found again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text, func, select

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


@dataclass(frozen=True, slots=True)
class DeviceReports:
    tx: Transaction

    def lost_since(self, tag: str) -> datetime | None:
        """When it was reported lost; None: it was not, or it was found."""
        mine = select(d.what, d.at).where(d.tag == tag).order_by(d.number.desc()).limit(1)
        row = self.tx.sql.execute(mine).one_or_none()
        return row.at if row is not None and row.what == "lost" else None

    def add(self, tag: str, what: str, by: str) -> None:
        """Lost, or found."""
        last = self.tx.sql.scalar(select(func.max(d.number)).where(d.tag == tag)) or 0
        values = {"tag": tag, "number": last + 1, "what": what, "at": self.tx.now, "by": by}
        self.tx.sql.execute(device_report.insert().values(values))
