"""Annex C as recorded: each letter stays; the newest one of a place is in force."""

from dataclasses import asdict, dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text, select
from sqlalchemy import func as sql

from agent.domain.authorisation import Authorisation, Letter
from agent.store.engine import Day, Moment, Transaction, metadata

authorisation = Table(
    "authorisation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("establishment", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("grantor", Text, nullable=False),
    Column("granted_by", Text, nullable=False),  # a staff id; empty: the Secretary of State
    Column("delegated_by", Text, nullable=False),
    Column("to_whom", Text, nullable=False),
    Column("persons", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("dated", Day, nullable=False),
    Column("review_on", Day, nullable=False),
    Column("reference", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint(
        "grantor in ('secretary-of-state', 'governor', 'delegate')", name="grantor"
    ),
    sqlite_strict=True,
)
a = authorisation.c
authorised = Table(
    "authorisation_asset",
    metadata,
    Column("authorisation", Text, ForeignKey("authorisation.id"), primary_key=True),
    Column("tag", Text, primary_key=True),  # as the letter has it, also of no asset of ours
    sqlite_strict=True,
)


@dataclass(frozen=True, slots=True)
class Authorisations:
    tx: Transaction

    def add(self, letter: Letter, by: str) -> Authorisation:
        """Keep this letter. `by` is a staff id."""
        here = a.establishment == letter.establishment
        last = self.tx.sql.scalar(select(sql.max(a.number)).where(here)) or 0
        new = Authorisation(
            id=f"40E-{letter.establishment}-{last + 1}", letter=letter, recorded_by=by
        )
        row = {k: v for k, v in asdict(letter).items() if k != "tags"}
        row |= {"id": new.id, "number": last + 1, "recorded_by": by, "recorded_at": self.tx.now}
        self.tx.sql.execute(authorisation.insert().values(row))
        tags = [{"authorisation": new.id, "tag": tag} for tag in letter.tags]
        self.tx.sql.execute(authorised.insert(), tags)
        return new

    def all(self, establishment: str = "") -> list[Authorisation]:
        """Those of one place, or of all: by place, the oldest first."""
        rows = select(authorisation).order_by(a.establishment, a.number)
        if establishment:
            rows = rows.where(a.establishment == establishment)
        tags: dict[str, list[str]] = {}
        listed = select(authorised).order_by(authorised.c.tag)
        for row in self.tx.sql.execute(listed):
            tags.setdefault(row.authorisation, []).append(row.tag)
        return [
            Authorisation(
                id=row.id, letter=_letter(row, tuple(tags[row.id])), recorded_by=row.recorded_by
            )
            for row in self.tx.sql.execute(rows)
        ]


def _letter(row: object, tags: tuple[str, ...]) -> Letter:
    names = [name for name in Letter.__dataclass_fields__ if name != "tags"]
    return Letter(**{name: getattr(row, name) for name in names}, tags=tags)
