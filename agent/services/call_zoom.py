"""What is known of a call from Zoom: its legs, what was noticed, and what does not fit."""

import json
from dataclasses import dataclass

from agent.domain.call import Call
from agent.domain.call_facts import differences
from agent.domain.call_steps import RUNNING
from agent.domain.uk_time import LONDON
from agent.domain.whose_leg import AFTER, BEFORE
from agent.domain.zoom_events import REASONS
from agent.domain.zoom_legs import Leg
from agent.services.call_office import Office
from agent.store.engine import Transaction
from agent.store.legs import Legs, Looks, about_leg
from agent.store.notices import Notice, Notices

END_NOW = "The protocol says end the call: End now"


@dataclass(frozen=True, slots=True, kw_only=True)
class InZoom:
    """Nothing in it is personal."""

    legs: tuple[Leg, ...]
    looks: Looks
    noticed: tuple[str, ...]
    gaps: tuple[str, ...]


def in_zoom(office: Office, call: Call) -> InZoom:
    """As it is known now."""
    with office.store.read() as tx:
        legs, looks = tuple(Legs(tx).of(call.id)), Legs(tx).looks(call.id)
        noticed = warnings(tx, call)
    unread = f"Zoom could not tell in {looks.unknown} of {looks.looks} looks: {looks.why}"
    gaps = (*differences(call, legs), *((unread,) if looks.unknown else ()))
    return InZoom(legs=legs, looks=looks, noticed=noticed, gaps=gaps)


def warnings(tx: Transaction, call: Call) -> tuple[str, ...]:
    """What was noticed to be kept of it, and what staff do now."""
    ends = f" {END_NOW}." if call.state in RUNNING else ""
    return tuple(f"{_says(one)}.{ends}" for one in noticed_of(tx, call))


def noticed_of(tx: Transaction, call: Call) -> list[Notice]:
    """What was noticed to be kept of it, the first one first; also where it ran at another
    time than it was booked for."""
    times = [call.at, call.until, *(one.at for one in call.of("start", "end"))]
    found = Notices(tx).of_device(call.device, min(times) - BEFORE, max(times) + AFTER)
    return [one for one in found if _is_of(tx, one, call)]


def people(office: Office, call: Call) -> dict[int, list[dict[str, object]]]:
    """Who was shown in each leg. Personal: whoever calls this writes down that it was read."""
    with office.store.read() as tx:
        sealed = Legs(tx).sealed(call.id)
    seal = office.seal_of(call)
    return {
        leg: json.loads(seal.open(kept, about_leg(call.id, leg)))
        for leg, kept in sorted(sealed.items())
    }


def _is_of(tx: Transaction, notice: Notice, call: Call) -> bool:
    """Its meeting is a leg of this call, or of none that we know."""
    held = Legs(tx).holding(notice.meeting.uuid)
    return not held or held[0].call == call.id


def _says(notice: Notice) -> str:
    when = f"{notice.noticed_at.astimezone(LONDON):%H:%M}"
    tried = "not tried yet" if notice.stop is None else notice.stop
    what = REASONS[notice.sign].replace("-", " ")
    return f"{what}, noticed at {when} ({notice.incident}, D4); to stop it: {tried}"
