"""Booking a call, and reading what is personal in it."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.domain.application import LANGUAGE, Asked, Moved
from agent.domain.asset import Asset
from agent.domain.call import OVER, Call, Entry, State
from agent.domain.people import Actor
from agent.domain.rooms import wrong_room
from agent.errors import BadInput, NotAllowed
from agent.services.call_case import NOW, How
from agent.services.call_office import Office, staff_of
from agent.services.calls import Recorded, record
from agent.store.audit import Audit
from agent.store.calls import Calls, about, c
from agent.store.engine import Transaction
from agent.store.withdrawals import Withdrawals

LONGEST = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """On which iPad, when (UTC), and where."""

    device: Asset
    at: datetime
    until: datetime
    room: str
    language: str = "English"


def ask(office: Office, booking: Booking, said: Asked, by: Actor) -> Recorded:
    """A new call (P1). The same application twice is one. Raises BadInput, NotAllowed."""
    said.check(office.rules)
    _usable(office, booking)
    with office.store.read() as tx:
        staff_of(tx, by, booking.device.establishment)
    resident = office.resident(said.resident)
    key = office.keys.make()  # on the disk before anything is sealed with it
    with office.store.begin() as tx:
        who = staff_of(tx, by, booking.device.establishment)
        known = _same(tx, booking, resident)
        if known is not None:
            office.keys.destroy(key)  # nothing was sealed with it
            return Recorded(known, known.entries[0], new=False)
        call, entry = _add(tx, office, booking, said, who.id, resident, key)
        details = {
            "reason": said.reason, "device": call.device, "at": call.at.isoformat(),
            "resident": resident,
        }  # fmt: skip
        Audit(tx).add("CALL_ASKED", "CALL", call.id, by=by, details=details)
        notes = _notes(tx, call)
    return Recorded(call, entry, new=True, notes=notes)


def move(office: Office, call_id: str, booking: Booking, by: Actor, how: How = NOW) -> Recorded:
    """Another iPad of the establishment, another time or room. Raises BadInput, NotAllowed."""
    call = office.found(call_id)
    if booking.device.establishment != call.establishment:
        raise NotAllowed(
            "the iPad is of another establishment",
            "A transferred resident's call is decided anew there: callsteward call new",
        )
    _usable(office, booking)
    said = Moved(
        device=booking.device.tag,
        at=booking.at.isoformat(),
        until=booking.until.isoformat(),
        room=booking.room,
    )
    done = record(office, call_id, said, by, how)
    with office.store.read() as tx:
        return replace(done, notes=(*done.notes, *_notes(tx, done.call)))


def personal(office: Office, call_id: str, by: Actor) -> dict[int, dict[str, str]]:
    """What is sealed, by the number of the entry. That it was read is written down."""
    seal = office.seal_of(office.found(call_id))
    with office.store.begin() as tx:
        call = Calls(tx).get(call_id)
        staff_of(tx, by, call.establishment)
        Audit(tx).add("PERSONAL_DATA_READ", "CALL", call.id, by=by)
        sealed = Calls(tx).sealed(call.id)
    return {
        number: json.loads(seal.open(kept, about(call.id, number)))
        for number, kept in sorted(sealed.items())
    }


def _usable(office: Office, booking: Booking) -> None:
    wrong = [wrong_room(booking.room, office.rules.residential)]
    if not timedelta(0) < booking.until - booking.at <= LONGEST:
        wrong.append("a call lasts up to four hours")
    if LANGUAGE.fullmatch(booking.language) is None:
        wrong.append("the language is a word or two")
    if any(wrong):
        raise BadInput(f"the call cannot be booked: {'; '.join(filter(None, wrong))}")


def _same(tx: Transaction, booking: Booking, resident: str) -> Call | None:
    this = (c.device == booking.device.tag) & (c.at == booking.at) & (c.resident == resident)
    return next((one for one in Calls(tx).select(this) if one.state not in OVER), None)


def _add(
    tx: Transaction,
    office: Office,
    booking: Booking,
    said: Asked,
    by: str,
    resident: str,
    key: str,
) -> tuple[Call, Entry]:
    call_id, year, number = Calls(tx).next_id()
    call = Call(
        id=call_id,
        establishment=booking.device.establishment,
        device=booking.device.tag,
        state=State.REQUESTED,
        version=0,
        reason=said.reason,
        at=booking.at,
        until=booking.until,
        room=booking.room,
        language=booking.language,
        asked_by=by,
        resident=resident,
        key=key,
        made_at=tx.now,
    )
    Calls(tx).add(call, year, number)
    seal = office.keys.of(key)
    entry = Entry(
        number=1, step="ask", at=tx.now, entered_at=tx.now, by=by, said=said.facts(),
        mark=seal.pseudonym("ask"),
    )  # fmt: skip
    words = json.dumps(said.words(), ensure_ascii=False)
    sealed = seal.seal(words, about(call.id, 1))
    return Calls(tx).append(call, entry, sealed, {}), entry


def _notes(tx: Transaction, call: Call) -> tuple[str, ...]:
    """What is no reason to refuse it, but worth knowing before the day."""
    beside = [
        f"{other.id} is booked on this iPad at that time too"
        for other in Calls(tx).select(c.device == call.device)
        if other.id != call.id and other.state not in OVER and other.overlaps(call)
    ]
    if Withdrawals(tx).withdrawn(call.resident) is not None:
        beside.append("the resident's access is withdrawn: the Governor decides (B2)")
    return tuple(beside)
