"""Receipts of letters as they came, each once. No address is kept of them."""

from dataclasses import dataclass

from sqlalchemy import Column, Index, Table, Text, select

from agent.domain.delivery import Receipt
from agent.domain.routes import Recipient
from agent.store.engine import Moment, Transaction, metadata
from agent.store.incidents import m

mail_receipt = Table(
    "mail_receipt",
    metadata,
    Column("id", Text, primary_key=True),  # of the message, as the channel has it
    Column("status", Text, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("recipient", Text, nullable=False),  # a pseudonym of the address
    Column("completed_at", Moment),
    Column("received_at", Moment, nullable=False),
    Index("mail_receipt_reference", "reference"),
    sqlite_strict=True,
)
r = mail_receipt.c


@dataclass(frozen=True, slots=True)
class Told:
    """The letter that a receipt is of."""

    key: str
    about: tuple[str, str]  # as the audit names it: INCIDENT or LETTER, and its id
    to: Recipient


@dataclass(frozen=True, slots=True)
class Deliveries:
    tx: Transaction

    def add(self, receipt: Receipt) -> bool:
        """False: it is here already, from another delivery."""
        new = self.tx.insert(mail_receipt).values(
            id=receipt.id, status=receipt.status, reference=receipt.reference,
            recipient=receipt.to, completed_at=receipt.completed_at, received_at=self.tx.now,
        )  # fmt: skip
        kept = new.on_conflict_do_nothing(index_elements=["id", "status"]).returning(r.id)
        return self.tx.sql.execute(kept).one_or_none() is not None

    def letter(self, reference: str) -> Told | None:
        """The letter of this reference; None: none of ours."""
        its = select(m.key, m.incident, m.scope, m.code, m.role)
        found = self.tx.sql.execute(its.where(m.message_id == f"<{reference}>")).first()
        if found is None:
            return None
        about = "INCIDENT" if found.incident else "LETTER", found.key.split("/")[1]
        return Told(found.key, about, Recipient(found.scope, found.code, found.role))

    def of_incident(self, incident: str) -> dict[str, str]:
        """What became of each letter of this incident, by its key: the last that was told."""
        rows = self.tx.sql.execute(
            select(m.key, r.status)
            .where(m.incident == incident, m.message_id == "<" + r.reference + ">")
            .order_by(r.received_at)
        )
        return {row.key: row.status for row in rows}
