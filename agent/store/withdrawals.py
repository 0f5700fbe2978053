"""B2: whose access to calls was withdrawn for misuse. Residents are keyed pseudonyms."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, func, select

from agent.store.engine import Moment, Transaction, metadata

withdrawal = Table(
    "withdrawal",
    metadata,
    Column("resident", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # a staff id
    Column("reference", Text, nullable=False),
    CheckConstraint("what in ('withdrawn', 'reinstated')", name="withdrawal_what"),
    sqlite_strict=True,
)
w = withdrawal.c


@dataclass(frozen=True, slots=True)
class Withdrawals:
    tx: Transaction

    def withdrawn(self, resident: str) -> datetime | None:
        """Since when; None: the resident may have calls."""
        mine = select(w.what, w.at).where(w.resident == resident)
        row = self.tx.sql.execute(mine.order_by(w.number.desc()).limit(1)).one_or_none()
        return row.at if row is not None and row.what == "withdrawn" else None

    def any(self) -> bool:
        """Whether there was ever one."""
        return self.tx.sql.scalar(select(w.number).limit(1)) is not None

    def add(self, resident: str, what: str, by: str, reference: str) -> None:
        """Withdrawn, or reinstated."""
        last = self.tx.sql.scalar(select(func.max(w.number)).where(w.resident == resident)) or 0
        self.tx.sql.execute(
            withdrawal.insert().values(
                resident=resident, number=last + 1, what=what, at=self.tx.now, by=by,
                reference=reference,
            )
        )  # fmt: skip
