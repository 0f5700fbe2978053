"""What every Zoom must keep of calls that are over. `facts` reads them; on the iPad of `calls`
they begin, people come and go, and they end."""

from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import pytest

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom_windows import Participant, PastMeeting
from agent.ports.zoom_windows import CallFacts

MINUTE = timedelta(minutes=1)
T = TypeVar("T")


class Calls(Protocol):
    """What happens on the host's iPad."""

    def start(self, *, alone: bool = False, again: str = "") -> tuple[str, str]:
        """Number and uuid of the leg that begins; `again`: of this meeting."""
        ...

    def moves(self, action: str, name: str, email: str = "") -> None:
        """Somebody knocks, joins, is admitted or leaves."""
        ...

    def end(self) -> None: ...

    def wait(self, how_long: timedelta) -> None: ...

    def own(self) -> str:
        """The address of the host."""
        ...

    def odd_uuid(self) -> str:
        """The uuid, with a slash in front, of a call that is over."""
        ...


def past(facts: CallFacts, uuid: str) -> PastMeeting:
    fact = facts.past(uuid)
    assert isinstance(fact, Known)
    assert fact.value is not None
    return fact.value


def people(facts: CallFacts, uuid: str) -> list[Participant]:
    fact = facts.participants(uuid)
    assert isinstance(fact, Known)
    assert fact.value.gap is None
    return list(fact.value.rows)


def value(fact: Fact[T]) -> T:
    assert isinstance(fact, Known)
    return fact.value


def moment(fact: Fact[datetime]) -> datetime:
    return value(fact)


class CallFactsContract:
    """Holds for every Zoom, real or ours."""

    def test_a_call_is_told_once_it_is_over(self, facts: CallFacts, calls: Calls) -> None:
        number, uuid = calls.start()
        fact = facts.past(uuid)
        assert isinstance(fact, Known)
        assert fact.value is None
        assert facts.participants(uuid) == Unknown(
            "not-there", "Zoom knows of no such meeting that is over"
        )
        calls.wait(20 * MINUTE)
        calls.end()
        found = past(facts, uuid)
        assert (found.id, found.uuid) == (number, uuid)
        assert moment(found.end) - moment(found.start) == 20 * MINUTE

    def test_who_took_part_and_when(self, facts: CallFacts, calls: Calls) -> None:
        _, uuid = calls.start(alone=True)
        calls.wait(2 * MINUTE)
        calls.moves("knock", "Mother", "mother@family.example")
        calls.wait(3 * MINUTE)
        calls.moves("admit", "Mother")
        calls.wait(10 * MINUTE)
        calls.moves("leave", "Mother")
        calls.wait(MINUTE)
        calls.end()
        host, waiting, inside = people(facts, uuid)
        start = moment(past(facts, uuid).start)
        assert host.email == calls.own()
        assert [value(one.ours) for one in (host, waiting, inside)] == [True, False, False]
        spans = [
            (moment(one.joined) - start, moment(one.left) - start)
            for one in (host, waiting, inside)
        ]
        assert spans == [
            (0 * MINUTE, 16 * MINUTE),
            (2 * MINUTE, 5 * MINUTE),
            (5 * MINUTE, 15 * MINUTE),
        ]
        assert [value(one.waiting) for one in (host, waiting, inside)] == [False, True, False]

    def test_who_is_not_of_the_account_has_no_address(
        self, facts: CallFacts, calls: Calls
    ) -> None:
        _, uuid = calls.start(alone=True)
        calls.moves("join", "Mother", "mother@family.example")
        calls.end()
        _, mother = people(facts, uuid)
        assert mother.email == ""
        assert mother.name == "Mother"
        assert value(mother.ours) is False

    def test_whoever_comes_back_is_there_twice(self, facts: CallFacts, calls: Calls) -> None:
        _, uuid = calls.start(alone=True)
        for action in ("join", "leave", "join"):
            calls.moves(action, "Mother")
            calls.wait(MINUTE)
        calls.end()
        names = [one.name for one in people(facts, uuid)]
        assert names.count("Mother") == 2
        assert value(past(facts, uuid).participants) == 2

    def test_that_nobody_came_is_never_known(self, facts: CallFacts, calls: Calls) -> None:
        _, uuid = calls.start(alone=True)
        calls.end()
        fact = facts.participants(uuid)
        assert isinstance(fact, Known)
        assert fact.value.rows == ()
        assert fact.value.gap is not None
        assert fact.value.gap.reason == "not-told"

    def test_each_leg_of_a_call_is_told_by_itself(self, facts: CallFacts, calls: Calls) -> None:
        number, first = calls.start()
        calls.wait(5 * MINUTE)
        calls.end()
        calls.wait(MINUTE)
        _, second = calls.start(again=number)
        calls.wait(7 * MINUTE)
        calls.end()
        legs = [past(facts, uuid) for uuid in (first, second)]
        assert {leg.id for leg in legs} == {number}
        took = [moment(leg.end) - moment(leg.start) for leg in legs]
        assert took == [5 * MINUTE, 7 * MINUTE]
        assert moment(legs[1].start) - moment(legs[0].end) == MINUTE

    def test_a_uuid_with_a_slash_is_found(self, facts: CallFacts, calls: Calls) -> None:
        uuid = calls.odd_uuid()
        assert uuid.startswith("/")
        assert past(facts, uuid).uuid == uuid
        assert people(facts, uuid)

    @pytest.mark.parametrize("uuid", ["nothing==", "/no/thing==", "a//b=="])
    def test_what_was_never_held_is_not_there(self, facts: CallFacts, uuid: str) -> None:
        fact = facts.past(uuid)
        assert isinstance(fact, Known)
        assert fact.value is None
        gap = facts.participants(uuid)
        assert isinstance(gap, Unknown)
        assert gap.reason == "not-there"

    def test_without_a_uuid_nothing_is_known(self, facts: CallFacts) -> None:
        for fact in (facts.past(""), facts.participants("")):
            assert isinstance(fact, Unknown)
            assert fact.reason == "not-read"
