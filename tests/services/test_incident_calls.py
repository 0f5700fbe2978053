"""After a call with a security issue nothing is closed while no IR is known or owed (D8)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.domain.call_incidents import NOT_REMOVED
from agent.domain.in_call import Reported
from agent.domain.incident import State
from agent.errors import NotAllowed
from agent.services.call_duties import IR
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.consents import device_named
from agent.services.incident_desk import Desk
from agent.services.incidents import Closing, acknowledge, close, record_ir, record_phone
from agent.store.tasks import Tasks
from agent.store.telling import raise_and_tell
from tests.support.calls import ENDED, STARTED, an_office, asked_for, by, ready, swept
from tests.support.estates import Clock
from tests.support.incidents import incident_desk
from tests.support.stores import NOON

MENDED = Closing(cause="mended")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    found = an_office(tmp_path, clock)
    swept(found.store)
    yield found
    found.store.close()


@pytest.fixture
def desk(office: Office) -> Desk:
    return incident_desk(office.store)


def ended(office: Office, *, issue: bool = True) -> str:
    """A call on MDIBT001 that ended with a security issue: its IR is owed."""
    call = asked_for(office)
    ready(office, call)
    record(office, call, STARTED, by("SUP"))
    record(office, call, replace(ENDED, security_issue=issue), by("SUP"))
    return call


def ready_to_close(desk: Desk, device: str = "MDIBT001") -> str:
    asset = device_named(desk.store, device)
    with desk.store.begin() as tx:
        incident = raise_and_tell(tx, desk.policy, NOT_REMOVED, asset, "not-removed", by("SUP"))
    acknowledge(desk, incident.id, by("SEC"))
    record_phone(desk, incident.id, "77", by("SEC"))
    return incident.id


def gone(office: Office, call: str) -> None:
    """Somebody struck the task off without an IR."""
    with office.store.begin() as tx:
        Tasks(tx).done(IR, call, "S-MDI-SEC")


def closes(desk: Desk, incident: str) -> bool:
    try:
        return close(desk, incident, MENDED, by("SEC")).incident.state is State.CLOSED
    except NotAllowed as err:
        assert "neither an IR reference nor a task for it (D8)" in str(err)
        return False


def test_an_ir_that_is_owed_is_enough(office: Office, desk: Desk) -> None:
    ended(office)
    assert closes(desk, ready_to_close(desk))


def test_with_neither_it_stays_until_the_ir_is_named(office: Office, desk: Desk) -> None:
    gone(office, ended(office))
    incident = ready_to_close(desk)
    assert not closes(desk, incident)
    record_ir(desk, incident, "IR 7", by("SEC"))
    assert closes(desk, incident)


def test_the_ir_of_the_call_is_enough(office: Office, desk: Desk) -> None:
    call = ended(office)
    record(office, call, Reported(reference="IR 7"), by("SEC"))
    assert closes(desk, ready_to_close(desk))


@pytest.mark.parametrize("why", ["no issue", "another iPad"])
def test_a_call_that_it_is_not_of_does_not_matter(office: Office, desk: Desk, why: str) -> None:
    call = ended(office, issue=why != "no issue")
    gone(office, call)
    device = "MDIBT002" if why == "another iPad" else "MDIBT001"
    assert closes(desk, ready_to_close(desk, device))
