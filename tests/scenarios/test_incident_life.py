"""Incidents of nights, as people and sweeps take turns with them."""

from datetime import timedelta

import pytest

from agent.domain.incident import Incident, State
from agent.domain.people import Actor
from agent.services.incident_pages import show
from agent.services.incidents import acknowledge, reopen, take_in_hand
from tests.support.estates import BY, FIRST_NIGHT, World
from tests.support.incidents import closed, incident_desk

NIGHTS = [FIRST_NIGHT + timedelta(days=n) for n in range(4)]
ONE = "INC-2026-00001"
SECOND = Actor("S-NORTHERN-DALES-SILVER", "done by a test")
WIDE = [
    "infosec@justice.example",
    "management.aci@provider.example",
    "security.aci@justice.example",
    "silver.northern-dales@justice.example",  # who stands in for the duty phone, at night
]


def one(world: World, incident: str = ONE) -> Incident:
    return show(incident_desk(world.store), incident).incident


def close(world: World, incident: str = ONE) -> None:
    closed(incident_desk(world.store), incident, BY, SECOND)
    assert one(world, incident).state is State.CLOSED


def test_a_night_that_finds_nothing_more_clears_security_and_closes_upkeep(
    world: World,
) -> None:
    world.edit(0, isSupervised=False)
    world.edit(2, isSupervised=None, jailBroken="", managementState=None)
    world.night(NIGHTS[0])
    acknowledge(incident_desk(world.store), ONE, BY)
    world.edit(0, isSupervised=True)
    world.edit(2, isSupervised=True, jailBroken="False", managementState="managed")
    world.night(NIGHTS[1])
    states = {
        i.type: (i.state, i.cause, i.closed_by, i.cleared_at is None) for i in every(world)
    }
    assert states == {
        "device.supervised": (State.ACKNOWLEDGED, None, None, False),
        "evidence.missing": (State.CLOSED, "no-longer-found", "agent", False),
    }
    told = [
        row["details"]["state"] for row in world.audited() if row["what"] == "INCIDENT_CLEARED"
    ]
    assert sorted(told) == ["acknowledged", "closed"]


def every(world: World) -> list[Incident]:
    return [one(world, f"INC-2026-0000{number}") for number in (1, 2)]


def test_what_a_person_closed_and_the_next_night_finds_is_opened_again(world: World) -> None:
    """Everybody is told again; it is acknowledged anew; the timeline says so."""
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[0])
    assert world.told() == WIDE
    close(world)
    world.night(NIGHTS[1])
    found = one(world)
    assert (found.state, found.revision, found.acknowledged_by) == (State.OPEN, 2, None)
    assert (found.cause, found.closed_at, found.reopened_at) == (None, None, found.changed_at)
    assert world.told() == WIDE
    assert [event.what for event in show(incident_desk(world.store), ONE).events][-2:] == [
        "close", "find-again",
    ]  # fmt: skip
    assert [row["what"] for row in world.audited()].count("INCIDENT_REOPENED") == 1
    world.night(NIGHTS[2])
    assert (one(world).revision, world.told()) == (2, [])


def test_what_was_closed_and_was_over_comes_back_as_a_new_incident_related_to_the_old(
    world: World,
) -> None:
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[0])
    close(world)
    world.edit(0, isSupervised=True)
    world.night(NIGHTS[1])
    assert (one(world).state, one(world).cleared_at is None) == (State.CLOSED, False)
    world.told()
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[2])
    assert [(i.id, i.revision) for i in world.incidents()] == [("INC-2026-00002", 1)]
    assert show(incident_desk(world.store), ONE).related == ("INC-2026-00002",)
    assert world.told() == WIDE


@pytest.mark.parametrize("when", ["before", "after"])
def test_whether_it_was_over_decides_and_not_when_it_was_closed(
    world: World, when: str
) -> None:
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[0])
    if when == "before":
        close(world)
    world.edit(0, isSupervised=True)
    world.night(NIGHTS[1])
    if when == "after":
        close(world)
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[2])
    assert [i.id for i in world.incidents()] == ["INC-2026-00002"]


def test_not_knowing_opens_nothing_again(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[0])
    close(world)
    world.edit(0, isSupervised=None)
    world.night(NIGHTS[1])
    assert one(world).state is State.CLOSED
    world.edit(0, isSupervised=False)
    world.night(NIGHTS[2])
    assert (one(world).state, one(world).revision) == (State.OPEN, 2)


def test_a_cause_of_many_that_was_closed_is_opened_again_and_told_to_each_place(
    large: World,
) -> None:
    for number in range(0, 12, 2):  # six places
        large.edit(number, isSupervised=False)
    large.night(NIGHTS[0])
    first = large.told()
    assert one(large).subject.startswith("platform/")
    close(large)
    large.night(NIGHTS[1])
    assert (one(large).state, one(large).revision) == (State.OPEN, 2)
    assert large.told() == first
    assert [i.id for i in large.incidents()] == [ONE]


def test_one_more_with_a_cause_that_was_closed_opens_it_again_once(large: World) -> None:
    for number in range(0, 12, 2):
        large.edit(number, isSupervised=False)
    large.night(NIGHTS[0])
    close(large)
    large.edit(14, isSupervised=False)
    large.night(NIGHTS[1])
    assert [(i.id, i.revision) for i in large.incidents()] == [(ONE, 2)]


def test_a_person_opens_a_cause_of_many_again_and_each_place_hears_of_it(large: World) -> None:
    for number in range(0, 12, 2):
        large.edit(number, isSupervised=False)
    large.night(NIGHTS[0])
    first = large.told()
    close(large)
    reopen(incident_desk(large.store), ONE, "", BY)
    large.settle()
    assert large.told() == first


def test_an_ipad_that_is_worse_is_acknowledged_anew_whoever_has_it_in_hand(
    world: World,
) -> None:
    world.begin_night(NIGHTS[0])
    world.last_seen(0, 8)
    world.settle()
    desk = incident_desk(world.store)
    acknowledge(desk, ONE, BY)
    take_in_hand(desk, ONE, BY)
    world.begin_night(NIGHTS[1])
    world.last_seen(0, 16)
    world.settle()
    assert (one(world).state, one(world).taken_by) == (State.OPEN, None)
