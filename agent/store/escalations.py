"""What the clock of an incident tells that nobody has acknowledged."""

from sqlalchemy import case, select

from agent.domain.incident import Incident
from agent.domain.mail import Letter
from agent.domain.routes import Place
from agent.store.engine import Transaction
from agent.store.incidents import m
from agent.store.people import People


def first_letter(tx: Transaction, incident: Incident) -> Letter | None:
    """What was told of this revision; to the country where it is of no one place."""
    this = (m.incident == incident.id) & (m.revision == incident.revision)
    own = m.scope == ("establishment" if incident.establishment else "national")
    rows = select(m.message_id, m.subject, m.body).where(this)
    first = rows.order_by(case((own, 0), else_=1), m.written_at, m.key).limit(1)
    row = tx.sql.execute(first).one_or_none()
    return None if row is None else Letter(row.message_id, row.subject, row.body)


def place_of(tx: Transaction, incident: Incident) -> Place:
    """Where it is, as the routes see it."""
    code = incident.establishment
    if not code:
        return Place()
    own = People(tx).own_roles().get(code, frozenset())
    return Place(code=code, region=People(tx).region_of(code) or "", own=frozenset(own))
