"""The legs of a call, as they are kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.zoom import LiveMeeting
from agent.services.call_office import Office
from agent.store.legs import Legs
from tests.support.calls import CALL_AT, an_office, asked_for
from tests.support.stores import NOON

FIRST = LiveMeeting("8512345678", "first==")
SECOND = LiveMeeting("8512345678", "second==")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path, lambda: NOON)


def test_a_call_that_dropped_has_two_legs_of_one_number(office: Office) -> None:
    call = asked_for(office)
    with office.store.begin() as tx:
        legs = Legs(tx)
        one = legs.saw(call, FIRST, "u1", CALL_AT)
        legs.saw(call, FIRST, "u1", CALL_AT + MINUTE)
        legs.ended(one.seen(FIRST, "u1", CALL_AT + MINUTE), CALL_AT + 2 * MINUTE)
        legs.saw(call, SECOND, "u1", CALL_AT + 3 * MINUTE)
    with office.store.read() as tx:
        first, second = Legs(tx).of(call)
        assert Legs(tx).holding("second==") == [second]
        assert Legs(tx).holding("") == []
    assert (first.leg, first.last_seen, first.ended_at) == (
        1, CALL_AT + MINUTE, CALL_AT + 2 * MINUTE,
    )  # fmt: skip
    assert (second.leg, second.uuid, second.running) == (2, "second==", True)


def test_what_is_sealed_stays_until_it_is_erased(office: Office) -> None:
    call = asked_for(office)
    with office.store.begin() as tx:
        leg = Legs(tx).saw(call, FIRST, "u1", CALL_AT)
        Legs(tx).keep(leg, b"sealed")
        Legs(tx).saw(call, FIRST, "u1", CALL_AT + MINUTE)
        assert Legs(tx).sealed(call) == {1: b"sealed"}
        Legs(tx).erase(call)
        assert Legs(tx).sealed(call) == {}
