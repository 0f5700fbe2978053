"""What was noticed to be kept of a meeting, and what came of stopping it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Row, Table, Text, select

from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import Sign, holding
from agent.store.engine import Moment, Transaction, metadata

SIGNS = ", ".join(f"'{sign.value}'" for sign in Sign)
zoom_notice = Table(
    "zoom_notice",
    metadata,
    Column("holding", Text, primary_key=True),  # the uuid, else the number
    Column("sign", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("uuid", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("tag", Text),  # of the iPad, where it is known
    Column("incident", Text, ForeignKey("incident.id"), nullable=False),
    Column("noticed_at", Moment, nullable=False),
    Column("stop", Text),  # what came of stopping it
    Column("stop_at", Moment),
    CheckConstraint(f"sign in ({SIGNS})", name="zoom_notice_sign"),
    Index("zoom_notice_tag", "tag", "noticed_at"),
    sqlite_strict=True,
)
n = zoom_notice.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sign of one meeting. Times are UTC; `stop` None: it was not tried yet."""

    meeting: LiveMeeting
    sign: Sign
    host: str
    tag: str | None
    incident: str
    noticed_at: datetime
    stop: str | None = None
    stop_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notices:
    tx: Transaction

    def get(self, meeting: LiveMeeting, sign: Sign) -> Notice | None:
        found = self._select(n.holding == holding(meeting), n.sign == sign.value)
        return found[0] if found else None

    def of_meeting(self, held: str) -> list[Notice]:
        """By what names the holding."""
        return self._select(n.holding == held)

    def of_device(self, tag: str, since: datetime, until: datetime) -> list[Notice]:
        """Of this iPad's meetings, noticed between these times."""
        return self._select(n.tag == tag, n.noticed_at >= since, n.noticed_at <= until)

    def of_incident(self, incident: str) -> list[Notice]:
        return self._select(n.incident == incident)

    def keep(self, notice: Notice) -> None:
        """As it is known now."""
        told = {
            "number": notice.meeting.id, "uuid": notice.meeting.uuid, "host": notice.host,
            "tag": notice.tag, "incident": notice.incident, "noticed_at": notice.noticed_at,
            "stop": notice.stop, "stop_at": notice.stop_at,
        }  # fmt: skip
        keys = {"holding": holding(notice.meeting), "sign": notice.sign.value}
        new = self.tx.insert(zoom_notice).values(**keys, **told)
        self.tx.sql.execute(new.on_conflict_do_update(index_elements=[*keys], set_=told))

    def _select(self, *where: object) -> list[Notice]:
        rows = select(zoom_notice).where(*where).order_by(n.noticed_at, n.holding, n.sign)  # type: ignore[arg-type]
        return [_notice(row) for row in self.tx.sql.execute(rows)]


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        meeting=LiveMeeting(row.number, row.uuid),
        sign=Sign(row.sign),
        host=row.host,
        tag=row.tag,
        incident=row.incident,
        noticed_at=row.noticed_at,
        stop=row.stop,
        stop_at=row.stop_at,
    )
