"""Which purge proofs were made, and which row of the audit names each."""

from dataclasses import asdict, dataclass

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, select

from agent.store.engine import Counter, Transaction, metadata

proof = Table(
    "purge_proof",
    metadata,
    Column("id", Text, primary_key=True),
    Column("window", Text, ForeignKey("contact_window.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("key", Text, nullable=False),  # the public key that signs it
    Column("row", Counter, nullable=False),  # of the audit
    Index("purge_proof_window", "window", "number", unique=True),
    sqlite_strict=True,
)
p = proof.c


@dataclass(frozen=True, slots=True)
class Made:
    """One proof that was made. The file itself is not kept: what it says follows again."""

    id: str
    window: str
    number: int
    sha256: str
    key: str
    row: int


@dataclass(frozen=True, slots=True)
class Proofs:
    tx: Transaction

    def any(self) -> bool:
        """Whether there was ever one."""
        return self.tx.sql.scalar(select(p.id).limit(1)) is not None

    def last(self, window: str) -> Made | None:
        """The newest of this window."""
        rows = select(proof).where(p.window == window).order_by(p.number.desc()).limit(1)
        row = self.tx.sql.execute(rows).one_or_none()
        return None if row is None else Made(*row)

    def add(self, new: Made) -> None:
        self.tx.sql.execute(proof.insert().values(asdict(new)))
