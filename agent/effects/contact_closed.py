"""A window is closed: what two people owe on the iPad, and what is verified then."""

from datetime import timedelta

from agent.domain.contact import Window
from agent.store.audit import Audit
from agent.store.engine import Transaction
from agent.store.ledger import Ledger
from agent.store.tasks import Task, Tasks
from agent.store.windows import REMOVAL, VERIFY, Windows


def shut(tx: Transaction, window: Window, within: timedelta) -> None:
    """Read back: nobody can be added any more. Asked for on the iPad, and verified."""
    closed = Windows(tx).take(window, "shut", closed_at=tx.now)
    if closed is None:
        return
    Audit(tx).add("CONTACT_CLOSED", "WINDOW", window.id, details={"reason": window.reason})
    if closed.attested_at is not None:
        Windows(tx).take(closed, "attest")
        Ledger(tx).owe(VERIFY, window.id, due=tx.now)
        return
    ask_to_remove(tx, closed, within)
    Ledger(tx).owe(VERIFY, window.id, due=tx.now + within)


def ask_to_remove(tx: Transaction, window: Window, within: timedelta) -> None:
    """Two people remove what no service of Zoom's removes."""
    task = Task(
        kind=REMOVAL, subject=window.call, establishment=window.establishment, owner="spoc",
        says="what is left of the contact is removed on the iPad, and two people see it (E2)",
        due=tx.now + within,
    )  # fmt: skip
    Tasks(tx).owe(task)
