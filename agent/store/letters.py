"""Letters as they are written and answered, those of no incident too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from agent.domain.mail import Letter
from agent.domain.routes import Recipient
from agent.store.engine import Transaction
from agent.store.incidents import mail
from agent.store.ledger import Ledger, obligation

m, o = mail.c, obligation.c


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter, and how it stands. `went_to`: who stood in for the recipient."""

    key: str
    to: Recipient
    revision: int
    written_at: datetime
    accepted_at: datetime | None
    answer: str | None
    went_to: str | None
    waits: str | None  # why it is still owed


@dataclass(frozen=True, slots=True)
class Letters:
    tx: Transaction

    def owe(self, about: str, to: Recipient, what: Letter) -> str:
        """Owe a letter of no incident, once for each recipient. Returns its key.

        `about` is an id of its own, such as TEST-2026-00001.
        """
        subject = f"{about}/1/{to}"
        if Ledger(self.tx).owe_once("mail", subject, self.tx.now):
            self.tx.sql.execute(
                mail.insert().values(
                    key=f"mail/{subject}",
                    revision=1,
                    occasion="",
                    scope=to.scope,
                    code=to.code,
                    role=to.role,
                    message_id=what.message_id,
                    subject=what.subject,
                    body=what.body,
                    written_at=self.tx.now,
                )
            )
        return f"mail/{subject}"

    def of_incident(self, incident: str) -> list[Sent]:
        """Every letter of it, in the order in which they were written."""
        return self._select(m.incident == incident)

    def sent(self, keys: list[str]) -> list[Sent]:
        """These letters."""
        return self._select(m.key.in_(keys))

    def begun_with(self, word: str) -> int:
        """How many ids of letters begin so."""
        found = select(m.key).where(m.key.startswith(f"mail/{word}"))
        return len({key.split("/")[1] for key in self.tx.sql.scalars(found)})

    def _select(self, *where: object) -> list[Sent]:
        columns = (
            m.key, m.scope, m.code, m.role, m.revision, m.written_at, m.accepted_at, m.answer,
            m.went_to, o.error,
        )  # fmt: skip
        joined = select(*columns).join(obligation, o.key == m.key).where(*where)  # type: ignore[arg-type]
        return [
            Sent(
                key=row.key,
                to=Recipient(row.scope, row.code, row.role),
                revision=row.revision,
                written_at=row.written_at,
                accepted_at=row.accepted_at,
                answer=row.answer,
                went_to=row.went_to,
                waits=row.error,
            )
            for row in self.tx.sql.execute(joined.order_by(m.written_at, m.key))
        ]
