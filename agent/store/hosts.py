"""Which of Zoom's user ids is which iPad's: events name a host by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Table, Text, select

from agent.store.consents import Consents
from agent.store.engine import Moment, Transaction, metadata

zoom_host = Table(
    "zoom_host",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tag", Text),  # empty: a user of the account that is no iPad's
    Column("learned_at", Moment, nullable=False),
    sqlite_strict=True,
)
h = zoom_host.c


@dataclass(frozen=True, slots=True)
class Host:
    """A user of the account. `tag` None: no iPad's."""

    id: str
    tag: str | None


@dataclass(frozen=True, slots=True)
class Hosts:
    tx: Transaction

    def get(self, id_: str) -> Host | None:
        """None: nobody has told us who this is."""
        found = self.tx.sql.execute(select(h.id, h.tag).where(h.id == id_)).one_or_none()
        return None if found is None else Host(*found)

    def of(self, tag: str) -> str:
        """The id of this iPad's user; empty where it is not known."""
        latest = select(h.id).where(h.tag == tag).order_by(h.learned_at.desc(), h.id).limit(1)
        found: str | None = self.tx.sql.scalar(latest)
        return found or ""

    def news(self, accounts: Mapping[str, str]) -> dict[str, str | None]:
        """Of these ids and their e-mails, what is not known yet; by id the iPad's tag."""
        known = dict(self.tx.sql.execute(select(h.id, h.tag)).all())
        consents = Consents(self.tx)
        told = {id_: consents.tag_of(email.lower()) for id_, email in accounts.items() if id_}
        return {id_: tag for id_, tag in told.items() if (id_, tag) not in known.items()}

    def learn(self, news: Mapping[str, str | None]) -> None:
        """By id the iPad's tag, or None for a user that is no iPad's."""
        for id_, tag in sorted(news.items()):
            told = {"tag": tag, "learned_at": self.tx.now}
            new = self.tx.insert(zoom_host).values(id=id_, **told)
            self.tx.sql.execute(new.on_conflict_do_update(index_elements=["id"], set_=told))
