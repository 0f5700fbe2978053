"""Silences and maintenance, and the letters that they hold."""

from dataclasses import dataclass, replace

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
    select,
    update,
)

from agent.domain.incident import Incident
from agent.domain.quiet import Held, Kind, NoiseRules, Quiet, held, quiet_id
from agent.store.engine import Moment, Transaction, metadata
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger

quiet = Table(
    "quiet",
    metadata,
    Column("id", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("establishment", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("owner", Text, nullable=False),  # a staff id
    Column("reason", Text, nullable=False),  # shown here only: in no letter, log or audit row
    Column("confirmed_by", Text),
    Column("ended_at", Moment),
    Column("ended_by", Text),
    CheckConstraint("kind in ('silence', 'maintenance')", name="quiet_kind"),
    CheckConstraint("confirmed_by is null or confirmed_by <> owner", name="quiet_two_people"),
    CheckConstraint("since < until", name="quiet_ends"),
    Index("quiet_number", "kind", "year", "number", unique=True),
    sqlite_strict=True,
)
q = quiet.c
held_letter = Table(
    "held_letter",
    metadata,
    Column("key", Text, ForeignKey("mail.key"), primary_key=True),
    Column("by", Text, primary_key=True),  # what holds it: a quiet, or another incident
    Column("at", Moment, nullable=False),
    Index("held_letter_by", "by"),
    sqlite_strict=True,
)
h = held_letter.c
END = "quiet.end"


@dataclass(frozen=True, slots=True)
class Quiets:
    tx: Transaction

    def add(self, new: Quiet) -> Quiet:
        """Keep it under the next id of its kind; its end is owed in the same transaction."""
        year = self.tx.now.year
        of_kind = (q.kind == new.kind.value) & (q.year == year)
        last = self.tx.sql.scalar(select(func.max(q.number)).where(of_kind)) or 0
        kept = replace(new, id=quiet_id(new.kind, year, last + 1))
        self.tx.sql.execute(
            quiet.insert().values(
                id=kept.id, year=year, number=last + 1, kind=kept.kind.value, type=kept.type,
                subject=kept.subject, establishment=kept.establishment, since=kept.since,
                until=kept.until, owner=kept.owner, reason=kept.reason,
            )
        )  # fmt: skip
        Ledger(self.tx).owe(END, kept.id, kept.until)
        return kept

    def get(self, quiet_id: str) -> Quiet | None:
        found = self._select(q.id == quiet_id)
        return found[0] if found else None

    def all(self) -> list[Quiet]:
        """Those that are over too; the last one first."""
        return self._select()[::-1]

    def current(self) -> list[Quiet]:
        """Those that are not over, confirmed or not, begun or not."""
        return self._select(q.ended_at.is_(None), q.until > self.tx.now)

    def confirm(self, quiet_id: str, by: str) -> None:
        self.tx.sql.execute(update(quiet).where(q.id == quiet_id).values(confirmed_by=by))

    def end(self, quiet_id: str, by: str) -> None:
        """It holds nothing any more: what it held is looked at again at once."""
        over = {"ended_at": self.tx.now, "ended_by": by}
        self.tx.sql.execute(update(quiet).where(q.id == quiet_id).values(**over))
        self.release(quiet_id)

    def release(self, by: str) -> None:
        """Hasten what was held by this and has not been sent."""
        owed = {one.key for one in Ledger(self.tx).open("mail")}
        for key in self.tx.sql.scalars(select(h.key).where(h.by == by).order_by(h.key)):
            if key in owed:
                Ledger(self.tx).owe("mail", key.removeprefix("mail/"), self.tx.now)

    def holding(self, incident: Incident, rules: NoiseRules) -> Held | None:
        """What holds the letters of this incident now."""
        beside = Incidents(self.tx).open_of(incident.subject)
        return held(incident, self.tx.now, self.current(), beside, rules)

    def note(self, key: str, by: str) -> None:
        """This letter was held."""
        new = self.tx.insert(held_letter).values(key=key, by=by, at=self.tx.now)
        self.tx.sql.execute(new.on_conflict_do_nothing(index_elements=["key", "by"]))

    def was_held(self, key: str) -> bool:
        return self.tx.sql.scalar(select(h.key).where(h.key == key).limit(1)) is not None

    def _select(self, *where: object) -> list[Quiet]:
        columns = (
            q.id, q.kind, q.type, q.subject, q.establishment, q.since, q.until, q.owner,
            q.reason, q.confirmed_by, q.ended_at,
        )  # fmt: skip
        rows = self.tx.sql.execute(
            select(*columns).where(*where).order_by(q.year, q.kind, q.number)  # type: ignore[arg-type]
        )
        return [Quiet(**row._asdict() | {"kind": Kind(row.kind)}) for row in rows]
