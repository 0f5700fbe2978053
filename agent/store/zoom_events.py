"""Zoom's events as they came, each once. Nothing personal is kept of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, Table, Text, delete, func, select

from agent.domain.zoom_events import ZoomEvent
from agent.store.engine import Moment, Transaction, metadata

zoom_event = Table(
    "zoom_event",
    metadata,
    Column("key", Text, primary_key=True),  # the hash of its body
    Column("event", Text, nullable=False),
    Column("at", Moment),
    Column("received_at", Moment, nullable=False),
    Column("uuid", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("host", Text, nullable=False),
    Index("zoom_event_received", "received_at"),
    sqlite_strict=True,
)


FORGET, OLD = "zoom.events-forget", "old"  # one obligation for all that are kept
KEPT = timedelta(days=90)
"""Far longer than a delivery may be repeated: its signature holds for two hours."""


@dataclass(frozen=True, slots=True)
class ZoomEvents:
    tx: Transaction

    def add(self, key: str, event: ZoomEvent) -> bool:
        """False: it is here already, from another delivery."""
        new = self.tx.insert(zoom_event).values(
            key=key, event=event.name, at=event.at, received_at=self.tx.now,
            uuid=event.meeting.uuid, number=event.meeting.id, host=event.host,
        )  # fmt: skip
        kept = new.on_conflict_do_nothing(index_elements=["key"]).returning(zoom_event.c.key)
        return self.tx.sql.execute(kept).one_or_none() is not None

    def forget(self, until: datetime) -> int:
        """How many were received by then, and are gone now."""
        old = delete(zoom_event).where(zoom_event.c.received_at <= until)
        return self.tx.sql.execute(old).rowcount

    def oldest(self) -> datetime | None:
        """When the first of those that are here was received."""
        found: datetime | None = self.tx.sql.scalar(select(func.min(zoom_event.c.received_at)))
        return found
