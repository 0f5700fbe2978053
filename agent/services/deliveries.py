"""Taking a receipt: stored, and told to others where a letter did not arrive."""

from datetime import datetime

from agent.domain.delivery import DELIVERED, FAILED, UNDELIVERED, Receipt, undelivered
from agent.domain.policy import Policy
from agent.store.audit import Audit
from agent.store.deliveries import Deliveries
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.telling import over, raise_operational


def take_receipt(store: Store, policy: Policy, receipt: Receipt) -> bool:
    """All of it in one transaction. False: it is a repeat, or of no letter of ours.

    What was not delivered is not sent again: it would fail again. One incident for each
    recipient says so by its own routes, until a letter reaches that recipient.
    """
    with store.begin() as tx:
        told = Deliveries(tx).letter(receipt.reference)
        if not Deliveries(tx).add(receipt) or told is None:
            return False
        details = {"to": str(told.to), "status": receipt.status}
        Audit(tx).add("MAIL_RECEIPT", *told.about, details=details)
        if receipt.status in FAILED:
            _raise(tx, policy, str(told.to), receipt.status)
        elif receipt.status == DELIVERED:
            _clear(tx, str(told.to), receipt.completed_at or tx.now)
    return True


def _raise(tx: Transaction, policy: Policy, recipient: str, status: str) -> None:
    if Incidents(tx).open_for(UNDELIVERED, recipient):
        return
    problem = undelivered(recipient, status)
    incident = raise_operational(tx, policy, problem)
    details = {"type": UNDELIVERED, "reason": problem.reason, "revision": incident.revision}
    Audit(tx).add("INCIDENT_RAISED", "INCIDENT", incident.id, details=details)


def _clear(tx: Transaction, recipient: str, at: datetime) -> None:
    """By what arrived after the incident was opened: an older receipt may come late."""
    known = Incidents(tx).open_for(UNDELIVERED, recipient)
    if known is not None and at >= known.opened_at:
        over(tx, UNDELIVERED, recipient)
