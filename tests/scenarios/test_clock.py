"""W1, W2, facts 5.2: until a named person acknowledges, somebody else hears that nobody did."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from agent.clock_wiring import clock_effects
from agent.clocks import load_clock
from agent.policies import load_policy
from agent.schemes import load_incidents
from agent.services import incidents as people
from agent.services.digests import owe_digests
from agent.services.incident_desk import Desk
from agent.store.tasks import Task, Tasks
from tests.support.estates import BY, FIRST_NIGHT, World

MINUTE, HOUR, NIGHT = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEKDAY = date(2026, 11, 25)


@pytest.fixture
def clocked(world: World) -> Iterator[World]:
    effects = {one.kind: one for one in clock_effects(world.store)}
    every = {**world.worker.effects, **effects}
    yield replace(world, worker=replace(world.worker, effects=every))


def later(world: World, passes: timedelta) -> list[str]:
    """Who is told while so much time passes, looked at each minute or ten."""
    step = MINUTE if passes <= 15 * MINUTE else 10 * MINUTE
    end = world.clock.now + passes
    while world.clock.now < end:
        world.clock.now += step
        world.settle()
    return world.told()


def escalated(world: World) -> list[dict[str, object]]:
    rows = [row for row in world.audited() if row["what"] == "INCIDENT_ESCALATED"]
    return [{key: row["details"][key] for key in ("step", "to")} for row in rows]


def test_nobody_acknowledges_so_the_deputy_and_the_duty_phone_hear(clocked: World) -> None:
    clocked.edit(0, isSupervised=False)
    clocked.night()
    clocked.told()
    assert later(clocked, 14 * MINUTE) == []
    assert later(clocked, MINUTE) != []
    code = clocked.ipad(0).establishment
    assert escalated(clocked) == [{"step": 1, "to": [f"deputy.{code}", f"duty-phone.{code}"]}]
    later(clocked, 45 * MINUTE)
    assert [one["step"] for one in escalated(clocked)] == [1, 2]
    later(clocked, 4 * HOUR)
    assert [one["step"] for one in escalated(clocked)] == [1, 2, 3]


def test_a_named_person_ends_it_and_a_new_revision_begins_it_anew(clocked: World) -> None:
    clocked.edit(0, isSupervised=False)
    clocked.night()
    [incident] = clocked.incidents()
    clocked.clock.now += 10 * MINUTE
    acknowledge(clocked, incident.id)
    clocked.told()
    assert later(clocked, 3 * HOUR) == []
    clocked.move(0, "AGI")
    clocked.night(FIRST_NIGHT + NIGHT)
    clocked.told()
    assert later(clocked, 20 * MINUTE) != []
    assert [one["to"] for one in escalated(clocked)] == [["deputy.AGI", "duty-phone.AGI"]]


def test_an_agent_that_was_down_tells_the_last_step_that_it_missed(clocked: World) -> None:
    clocked.edit(0, isSupervised=False)
    clocked.night()
    clocked.clock.now += 6 * HOUR
    clocked.settle()
    assert [one["step"] for one in escalated(clocked)] == [3]


def test_one_cause_of_many_escalates_once_for_the_country(clocked: World) -> None:
    for number in range(6):
        clocked.edit(number, isSupervised=False)
    clocked.night()
    clocked.told()
    later(clocked, 20 * MINUTE)
    assert escalated(clocked) == [{"step": 1, "to": ["infosec-deputy", "infosec-phone"]}]


def test_upkeep_waits_for_the_digest(clocked: World) -> None:
    clocked.last_seen(0, 20)
    clocked.night(WEEKDAY)
    owe_digests(clocked.store, load_clock().digest_at)
    clocked.told()
    assert later(clocked, 4 * HOUR) == []
    told = later(clocked, HOUR + 10 * MINUTE)
    assert told == ["infosec@justice.example", spoc(clocked, 0)]


def test_monday_has_a_page_for_each_region_and_what_is_acknowledged_is_not_repeated(
    clocked: World,
) -> None:
    monday = datetime(2026, 11, 23, 6, tzinfo=UTC)
    clocked.clock.now = monday
    assert owe_digests(clocked.store, time(7)) == (date(2026, 11, 23), date(2026, 11, 24))
    assert owe_digests(clocked.store, time(7)) == ()
    told = later(clocked, 2 * HOUR)
    assert "infosec@justice.example" in told
    assert any(one.startswith("silver") or "silver" in one for one in told)
    assert not any(one.startswith("spoc") for one in told)
    told = later(clocked, NIGHT)
    assert told == ["infosec@justice.example"]


def test_a_task_is_reminded_of_until_it_is_done(clocked: World) -> None:
    code = clocked.ipad(0).establishment
    first = clocked.clock.now
    for number, due in ((1, first + HOUR), (2, first + 2 * HOUR)):
        owe(clocked, code, f"C-2026-0000{number}", due)
    with clocked.store.begin() as tx:
        Tasks(tx).done("ir", "C-2026-00001", BY.id)
    assert later(clocked, 2 * HOUR + MINUTE) == [f"security.{code.lower()}@justice.example"]
    told = later(clocked, 24 * HOUR)
    assert told == [
        f"governor.{code.lower()}@justice.example", f"security.{code.lower()}@justice.example",
    ]  # fmt: skip
    assert later(clocked, 48 * HOUR) == []
    assert clocked.owed("task.remind") == []


def owe(world: World, code: str, subject: str, due: datetime) -> None:
    new = Task(
        kind="ir", subject=subject, establishment=code, owner="security",
        says="an IR is submitted too (D8)", due=due,
    )  # fmt: skip
    with world.store.begin() as tx:
        Tasks(tx).owe(new)


def spoc(world: World, number: int) -> str:
    return f"spoc.{world.ipad(number).establishment.lower()}@justice.example"


def acknowledge(world: World, incident: str) -> None:
    desk = Desk(world.store, load_policy(), load_incidents(), frozenset())
    people.acknowledge(desk, incident, BY)
