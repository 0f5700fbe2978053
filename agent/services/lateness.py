"""Lateness: one incident for each kind of obligation that is owed too long."""

from agent.domain.lateness import LATE_AFTER, late
from agent.domain.mail import letter
from agent.domain.policy import Policy
from agent.domain.problems import Problem
from agent.domain.routes import Place, recipients
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger


def tell_lateness(store: Store, policy: Policy) -> tuple[str, ...]:
    """Open an incident for what is late, clear it for what no longer is.

    Idempotent; returns the types that changed. Writes only where something did.
    """
    with store.read() as tx:
        if not any(_changes(tx, kind) for kind in LATE_AFTER):
            return ()
    with store.begin() as tx:
        changed = [kind for kind in LATE_AFTER if _changes(tx, kind)]
        for kind in changed:
            problem = _late(tx, kind)
            if problem is None:
                _clear(tx, kind)
            else:
                _open(tx, problem, policy)
    return tuple(f"{kind}.late" for kind in changed)


def _late(tx: Transaction, kind: str) -> Problem | None:
    return late(kind, [owed.due for owed in Ledger(tx).open(kind)], tx.now)


def _changes(tx: Transaction, kind: str) -> bool:
    is_open = Incidents(tx).open_for(f"{kind}.late", kind) is not None
    return is_open != (_late(tx, kind) is not None)


def _open(tx: Transaction, problem: Problem, policy: Policy) -> None:
    incident = Incidents(tx).raise_for(problem)
    Audit(tx).add("OBLIGATIONS_LATE", "INCIDENT", incident.id, details={"type": problem.type})
    for to in recipients(problem, Place(), policy.routes):
        Incidents(tx).tell(incident, to, letter(incident, to, None, (), policy.phone))


def _clear(tx: Transaction, kind: str) -> None:
    incident = Incidents(tx).open_for(f"{kind}.late", kind)
    if incident is not None:
        Incidents(tx).clear(incident.id)
        Audit(tx).add("INCIDENT_CLEARED", "INCIDENT", incident.id)
