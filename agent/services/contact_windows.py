"""The contact window of a call: opened, hastened to its end and attested with the call's steps.

All of it in the transaction of the step. A window is never added without the obligation that
is its end.
"""

from datetime import datetime

from agent.domain.application import Informed, Moved
from agent.domain.call import Call, Entry, State
from agent.domain.contact import Mode, Window, window_id
from agent.domain.contact import State as W
from agent.domain.contact_words import SURFACES, Invite, Removed
from agent.domain.in_call import Started
from agent.domain.statement import Statement
from agent.services.call_office import Office
from agent.store.addresses import address_of
from agent.store.engine import Transaction
from agent.store.ledger import Ledger
from agent.store.register import Register
from agent.store.tasks import Tasks
from agent.store.windows import ALLOW_LIST, ARRANGE, CLOSE, INVITE, REMOVAL, VERIFY, Windows

OVER = (State.ENDED, State.CLOSED, State.CANCELLED, State.REFUSED, State.EXPIRED)


def why_not(tx: Transaction, office: Office, call: Call, said: Statement) -> str:
    """Why the agent can invite nobody for this call; empty: it can."""
    if not isinstance(said, Invite):
        return ""
    asset = Register(tx).get(call.device)
    if not office.invites:
        return "no app that acts in Zoom is configured"
    if asset is None or not asset.m365_user_id:
        return "the register has no account of this iPad"
    if said.mode == Mode.CONTACT.value and not asset.zoom_group:
        return "the register names no Zoom group of this iPad"
    return ""


def follow(tx: Transaction, office: Office, call: Call, said: Statement, entry: Entry) -> None:
    """What the step means for the call's window."""
    window = Windows(tx).live_of(call.id)
    match said:
        case Invite():
            _invite(tx, office, call, said, window)
        case Removed():
            _attest(tx, call, said, entry)
        case Started() if window is not None:
            Windows(tx).take(window, "start")
        case Informed() if window is not None:
            if _contact(office, said.email) != window.contact:
                _end(tx, window, "replaced")
        case Moved() if window is not None:
            _move(tx, office, call, window)
        case _ if window is not None and call.state in OVER:
            hasten(tx, window)


def asks_anew(tx: Transaction, call: Call, said: Statement) -> bool:
    """Whether the same words ask for something new: an invitation whose window is closed by
    now, a removal of what came back."""
    if isinstance(said, Removed):
        return any(one.is_left for one in Windows(tx).of(call.id))
    return isinstance(said, Invite) and Windows(tx).live_of(call.id) is None


def hasten(tx: Transaction, window: Window) -> None:
    """Its end is due now."""
    Ledger(tx).owe(CLOSE, window.id, due=tx.now)


def _contact(office: Office, address: str) -> str:
    return office.keys.pseudonym("contact", address, in_use=True)


def _invite(
    tx: Transaction, office: Office, call: Call, said: Invite, window: Window | None
) -> None:
    if window is not None:
        Ledger(tx).owe(INVITE, window.id, due=tx.now)
        return
    new = _new(tx, office, call, Mode(said.mode))
    Ledger(tx).owe(CLOSE, new.id, due=new.until)
    Windows(tx).add(new)
    if new.mode is Mode.CONTACT:
        Ledger(tx).owe(ALLOW_LIST, new.group, due=tx.now)
    else:
        Ledger(tx).owe(ARRANGE, new.id, due=tx.now)


def _new(tx: Transaction, office: Office, call: Call, mode: Mode) -> Window:
    asset, informed = Register(tx).get(call.device), call.last("inform")
    if asset is None or informed is None:  # the gates of the step say so first
        raise AssertionError
    number = len(Windows(tx).of(call.id)) + 1
    name, address = (
        window_id(call.id, number),
        address_of(tx, office.keys, call, informed.number),
    )
    return Window(
        id=name,
        call=call.id,
        number=number,
        establishment=call.establishment,
        device=call.device,
        group=asset.zoom_group,
        account=asset.m365_user_id,
        mode=mode,
        state=W.REQUESTED,
        version=1,
        contact=_contact(office, address),
        entry=informed.number,
        until=_until(office, call.until),
        closing=f"{CLOSE}/{name}",
        made_at=tx.now,
    )


def _until(office: Office, until: datetime) -> datetime:
    return until + office.rules.linger


def _move(tx: Transaction, office: Office, call: Call, window: Window) -> None:
    """Another iPad is another window; another time moves the end of this one."""
    if call.device != window.device:
        _end(tx, window, "moved")
        return
    until = _until(office, call.until)
    Windows(tx).change(window, until=until)
    Ledger(tx).owe(CLOSE, window.id, due=max(until, tx.now))


def _end(tx: Transaction, window: Window, reason: str) -> None:
    hasten(tx, Windows(tx).change(window, reason=reason))


def _attest(tx: Transaction, call: Call, said: Removed, entry: Entry) -> None:
    for window in Windows(tx).of(call.id):
        if window.is_left:
            Windows(tx).take(window, "attest", attested_at=entry.at)
            for surface in SURFACES:
                Windows(tx).tell(
                    window, surface, "attested", "gone", by=f"{said.removed_by} {said.seen_by}"
                )
            if window.state is W.CLOSED:
                Ledger(tx).owe(VERIFY, window.id, due=tx.now)
    Tasks(tx).done(REMOVAL, call.id, said.removed_by)
