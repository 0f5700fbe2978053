"""The contact windows of a call as people ask for them."""

import json
from dataclasses import dataclass

from agent.domain.contact import Mode, Window
from agent.domain.people import Actor
from agent.services.call_office import Office, staff_of
from agent.store.audit import Audit
from agent.store.calls import Calls
from agent.store.ledger import Ledger, Owed
from agent.store.windows import KINDS, Windows, bound


@dataclass(frozen=True, slots=True)
class Told:
    """One window, and what the agent owes of it still."""

    window: Window
    owed: tuple[Owed, ...]


def windows(office: Office, call_id: str) -> list[Told]:
    """All windows of the call, the newest last. Raises BadInput where there is no such call."""
    with office.store.read() as tx:
        found = Windows(tx).of(Calls(tx).get(call_id).id)
        owed = [one for kind in KINDS for one in Ledger(tx).open(kind)]
    return [
        Told(window, tuple(one for one in owed if one.subject in (window.id, window.group)))
        for window in found
    ]


def link(office: Office, window: Window, by: Actor) -> dict[str, str]:
    """Link and passcode of its meeting, for the family. That they were read is written down;
    empty: it is not arranged yet."""
    call = office.found(window.call)
    seal = office.seal_of(call)
    with office.store.begin() as tx:
        staff_of(tx, by, call.establishment)
        sealed = Windows(tx).sealed(window) if window.mode is Mode.MEETING else None
        Audit(tx).add("PERSONAL_DATA_READ", "WINDOW", window.id, by=by)
    found: dict[str, str] = (
        {} if sealed is None else json.loads(seal.open(sealed, bound(window.id)))
    )
    return found
