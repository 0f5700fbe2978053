"""A machine's word that stops an iPad: one recorded override, or the other iPad."""

from collections.abc import Iterator
from datetime import timedelta

from agent.domain.call import State
from agent.domain.call_incidents import OVERRIDDEN
from agent.domain.check import Verdict
from agent.domain.second_look import SecondLook
from agent.errors import NotAllowed
from agent.services.call_book import ask, move
from agent.services.call_case import How
from agent.services.call_office import Office
from agent.services.calls import Recorded, record
from agent.services.consents import device_named
from agent.services.devices import report_found, report_lost
from agent.store.incidents import Incidents
from tests.drills._last_gates import RIGHT, SUP
from tests.simulation.calls import bench as b
from tests.simulation.calls.world import CallsWorld
from tests.support import calls as said

LOST = "reported lost"
STOPS = (LOST, *(stop.check for stop in said.RULES.stops))
BEFORE = [name for name in RIGHT if name not in ("invite", "start")]
A_MINUTE = timedelta(minutes=1)
DECIDED = How(override_by="S-MDI-GOV", why="minutes are left")


def overridden(world: CallsWorld, number: int, stop: str) -> Iterator[str]:
    """What is wrong: the stop stopped nothing, or was not decided otherwise, once."""
    office = world.office()
    call = _ready(office, number)
    _stopped(world, call, stop)
    if told := _not_refused(office, call, stop):
        yield told
        _over(world, call, stop)
        return
    before = _incidents(office)
    again = _again(office, call, stop)
    done = record(office, call, said.STARTED, said.by("DUTY"), DECIDED, again)
    if len(_stops(done)) != 1 or _incidents(office) - before != 1:
        yield f"{stop}: overridden as {_stops(done)}, told {_incidents(office) - before} times"
    _over(world, call, stop)


def moved(world: CallsWorld, number: int, stop: str) -> Iterator[str]:
    """The other iPad makes the call, and nobody overrides anything."""
    office = world.office()
    call = _ready(office, number)
    _stopped(world, call, stop)
    if told := _not_refused(office, call, stop):
        yield told
        _over(world, call, stop)
        return
    at = office.found(call).at
    move(office, call, b.booking(office.store, b.IPADS[1], at), b.SPOC)
    done = record(office, call, said.STARTED, SUP)
    if done.call.state is not State.IN_CALL or _stops(done):
        yield f"{stop}: the other iPad was stopped too, or overridden"
    _over(world, call, stop)


def _ready(office: Office, number: int) -> str:
    with office.store.read() as tx:
        at = tx.now + timedelta(hours=100 + number)
    call = ask(office, b.booking(office.store, b.IPADS[0], at), b.ASKED, b.SPOC).call.id
    for name in BEFORE[: BEFORE.index("precall") + 1]:
        record(office, call, *RIGHT[name])
    return call


def _stopped(world: CallsWorld, call: str, stop: str) -> None:
    """A machine proves it just now, or somebody reports it."""
    world.pass_time(A_MINUTE)
    office = world.office()
    tag = office.found(call).device
    if stop == LOST:
        report_lost(office, device_named(office.store, b.IPADS[0]), SUP)
    else:
        said.swept(office.store, said.finding(stop, tag=tag))


def _again(office: Office, call: str, stop: str) -> SecondLook | None:
    """The machine says it again when it is asked."""
    if stop == LOST:
        return None
    with office.store.read() as tx:
        return SecondLook(office.found(call).device, tx.now, {stop: Verdict.FAIL})


def _not_refused(office: Office, call: str, stop: str) -> str:
    """What is wrong with its refusal, which names the other iPad."""
    try:
        record(office, call, said.STARTED, SUP, again=_again(office, call, stop))
    except NotAllowed as err:
        return "" if b.IPADS[1] in err.hint else f"{stop}: {b.IPADS[1]} is not offered"
    return f"{stop}: the call started on that iPad, and nobody decided"


def _over(world: CallsWorld, call: str, stop: str) -> None:
    world.pass_time(A_MINUTE)
    office = world.office()
    record(office, call, said.ENDED, SUP)
    if stop == LOST:
        report_found(office, device_named(office.store, b.IPADS[0]), SUP)
    else:
        said.swept(office.store)


def _stops(done: Recorded) -> tuple[str, ...]:
    return done.entry.listed("overridden")


def _incidents(office: Office) -> int:
    """How often an override was told, by its incident and its revisions."""
    with office.store.read() as tx:
        found = [one for one in Incidents(tx).open() if one.type == OVERRIDDEN.name]
    return sum(one.revision for one in found)
