"""Who let us read their contacts: one consent for each device user, its tokens sealed.

Accounts are e-mail addresses in lower case, as the register has them. No audit row names an
account or holds a token: it names the iPad.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from agent.domain.people import AGENT, Actor
from agent.store.audit import Audit
from agent.store.engine import Moment, Transaction, metadata
from agent.store.ledger import Ledger
from agent.store.register import asset

LIFE = timedelta(days=90)
"""How long a refresh token lives unless it is used (developers.zoom.us, OAuth 2.0)."""

RENEWAL = "zoom.consent-refresh"
RENEWED_AT = time(4)  # UK time: after the sweep, which renews what it uses
LONDON = ZoneInfo("Europe/London")

consent = Table(
    "consent",
    metadata,
    Column("account", Text, primary_key=True),
    Column("given_at", Moment, nullable=False),
    Column("given_by", Text, nullable=False),  # a staff id: who sat beside it
    Column("renewed_at", Moment, nullable=False),
    Column("lapsed_at", Moment),
    sqlite_strict=True,
)
c = consent.c
token = Table(
    "consent_token",
    metadata,
    Column("account", Text, ForeignKey("consent.account"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # the newest is highest
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("number > 0", name="number"),
    sqlite_strict=True,
)
t = token.c


@dataclass(frozen=True, slots=True)
class Consent:
    """One account's consent. Times are UTC."""

    account: str
    given_at: datetime
    given_by: str
    renewed_at: datetime
    lapsed_at: datetime | None

    @property
    def until(self) -> datetime:
        """When it ends by itself, unless it is renewed or lapses before."""
        return self.renewed_at + LIFE

    def lapsed(self, now: datetime) -> bool:
        return self.lapsed_at is not None or now >= self.until


@dataclass(frozen=True, slots=True)
class Consents:
    tx: Transaction

    def all(self) -> Mapping[str, Consent]:
        """By account."""
        rows = self.tx.sql.execute(select(consent).order_by(c.account))
        return {row.account: Consent(*row) for row in rows}

    def get(self, account: str) -> Consent | None:
        row = self.tx.sql.execute(select(consent).where(c.account == account)).one_or_none()
        return None if row is None else Consent(*row)

    def give(self, account: str, sealed: bytes, number: int, by: Actor) -> None:
        """Somebody consented, for the first time or anew: what was there is no longer used."""
        self._drop(t.account == account)
        new = {
            "given_at": self.tx.now, "given_by": by.id, "renewed_at": self.tx.now,
            "lapsed_at": None,
        }  # fmt: skip
        insert = self.tx.insert(consent).values(account=account, **new)
        self.tx.sql.execute(insert.on_conflict_do_update(index_elements=["account"], set_=new))
        self.add(account, sealed, number)
        self._tell("CONSENT_GIVEN", account, by)
        self.owe_renewal(account)

    def add(self, account: str, sealed: bytes, number: int) -> None:
        """One more token, newer than all that are here."""
        values = {"account": account, "number": number, "sealed": sealed}
        self.tx.sql.execute(token.insert().values(**values))

    def tokens(self, account: str) -> list[tuple[int, bytes]]:
        """Number and sealed token, the newest first."""
        rows = select(t.number, t.sealed).where(t.account == account)
        return [(row[0], row[1]) for row in self.tx.sql.execute(rows.order_by(t.number.desc()))]

    def any_sealed(self) -> bytes | None:
        """Some sealed token, to see which key is in use; None where nothing is sealed."""
        found: bytes | None = self.tx.sql.scalar(select(t.sealed).limit(1))
        return found

    def next_number(self, account: str) -> int:
        last = self.tx.sql.scalar(select(func.max(t.number)).where(t.account == account))
        return (last or 0) + 1

    def proven(self, account: str, number: int) -> None:
        """Zoom took this token: the older ones go."""
        self._drop((t.account == account) & (t.number < number))
        before = self.get(account)
        renewed = {"renewed_at": self.tx.now, "lapsed_at": None}
        self.tx.sql.execute(update(consent).where(c.account == account).values(**renewed))
        self._tell("CONSENT_REFRESHED", account, AGENT)
        if before is not None and before.lapsed_at is not None:
            self.owe_renewal(account)

    def lapse(self, account: str) -> None:
        """Zoom takes none of its tokens. They stay: a fault of Zoom's may look the same."""
        now = update(consent).where(c.account == account, c.lapsed_at.is_(None))
        if self.tx.sql.execute(now.values(lapsed_at=self.tx.now)).rowcount:
            self._tell("CONSENT_LAPSED", account, AGENT)

    def owe_renewal(self, account: str) -> None:
        """Owe the next night's renewal, where an iPad of the register has this account."""
        tag = self.tag_of(account)
        if tag is not None:
            Ledger(self.tx).owe(RENEWAL, tag, next_renewal(self.tx.now))

    def forget(self, account: str, by: Actor) -> None:
        """Nothing of it stays but the audit."""
        self._drop(t.account == account)
        tag = self.tag_of(account)
        if tag is not None:
            Ledger(self.tx).withdraw(f"{RENEWAL}/{tag}")
        self._tell("CONSENT_FORGOTTEN", account, by)
        self.tx.sql.execute(delete(consent).where(c.account == account))

    def tag_of(self, account: str) -> str | None:
        """The iPad that the register gives to this account."""
        this = select(asset.c.tag).where(func.lower(asset.c.m365_user_id) == account)
        found: str | None = self.tx.sql.scalar(this)
        return found

    def account_of(self, tag: str) -> str | None:
        """The account that the register gives to this iPad."""
        found: str | None = self.tx.sql.scalar(
            select(func.lower(asset.c.m365_user_id)).where(asset.c.tag == tag)
        )
        return found

    def _drop(self, which: ColumnElement[bool]) -> None:
        self.tx.sql.execute(delete(token).where(which))

    def _tell(self, what: str, account: str, by: Actor) -> None:
        tag = self.tag_of(account)
        if tag is None:
            Audit(self.tx).add(what, "CONSENT", "no iPad of the register", by=by)
        else:
            Audit(self.tx).add(what, "ASSET", tag, by=by)


def next_renewal(now: datetime) -> datetime:
    """Tomorrow at 04:00 in the United Kingdom."""
    tomorrow = now.astimezone(LONDON).date() + timedelta(days=1)
    return datetime.combine(tomorrow, RENEWED_AT, LONDON).astimezone(UTC)
