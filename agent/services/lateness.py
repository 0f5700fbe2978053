"""Lateness: one incident for each kind of obligation that is owed too long."""

from collections import defaultdict
from datetime import datetime

from agent.domain.incident import Incident
from agent.domain.lateness import LATE_AFTER, MAY_WAIT, late
from agent.domain.policy import Policy
from agent.domain.problems import Problem
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger, Owed
from agent.store.telling import over, raise_operational


def tell_lateness(store: Store, policy: Policy) -> tuple[str, ...]:
    """Open an incident for what is late, clear it for what no longer is.

    Idempotent; returns what changed. Writes only where something did.
    """
    with store.read() as tx:
        if not any(any(_changes(tx, kind)) for kind in LATE_AFTER):
            return ()
    changed = []
    with store.begin() as tx:
        for kind in LATE_AFTER:
            begun, ended = _changes(tx, kind)
            for problem in begun:
                _open(tx, problem, policy)
            for incident in ended:
                over(tx, incident.type, incident.subject)
            changed += [f"{kind}.late {problem.subject}" for problem in begun]
            changed += [f"{kind}.late {incident.subject} is over" for incident in ended]
    return tuple(changed)


def _changes(tx: Transaction, kind: str) -> tuple[list[Problem], list[Incident]]:
    """What became late, and what no longer is."""
    owed: dict[str, list[datetime]] = defaultdict(list)
    for one in Ledger(tx).open(kind):
        if kind in MAY_WAIT and one.failures < 2:
            continue
        owed[_subject(one)].append(one.due)
    now_late = {problem.subject: problem for problem in late(kind, owed, tx.now)}
    open_now = {i.subject: i for i in Incidents(tx).open(f"{kind}.late")}
    begun = [problem for subject, problem in now_late.items() if subject not in open_now]
    ended = [incident for subject, incident in open_now.items() if subject not in now_late]
    return begun, ended


def _subject(owed: Owed) -> str:
    """The inbox of a letter, whichever the incident; else the night, the iPad, the call."""
    return owed.subject.split("/")[2] if owed.kind == "mail" else owed.subject


def _open(tx: Transaction, problem: Problem, policy: Policy) -> None:
    incident = raise_operational(tx, policy, problem)
    Audit(tx).add("OBLIGATIONS_LATE", "INCIDENT", incident.id, details={"type": problem.type})
