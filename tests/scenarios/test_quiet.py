"""DESIGN 9: silences, maintenance that two people declare, and what another incident says."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from agent.domain.check import Category
from agent.domain.people import at_the_command_line
from agent.domain.quiet import Quiet
from agent.domain.quiet_types import MAINTENANCE_DECLARED, problem_types
from agent.effects.quiet_end import EndQuiet
from agent.errors import AgentError, BadInput, NotAllowed
from agent.policies import load_policy
from agent.schemes import load_calls, load_noise
from agent.services import devices, quiets
from agent.services.call_office import Office
from agent.services.consents import device_named
from agent.services.quiets import QuietOffice, Wanted
from agent.store.call_keys import CallKeys
from tests.support.estates import FIRST_NIGHT, World

NIGHT, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SECOND = FIRST_NIGHT + NIGHT
INFOSEC = at_the_command_line("S-INFOSEC", "alex")
AT_ONE = datetime.combine(FIRST_NIGHT, time(1), UTC)
EVERYBODY = 4  # Security, Infosec, the provider; at night somebody for the duty phone
STALE, SUPERVISED = "device.checked-in", "device.supervised"


@pytest.fixture
def quiet(world: World) -> Iterator[World]:
    """Letters may be held."""
    held = world.with_effect("mail", noise=load_noise())
    held.worker.effects["quiet.end"] = EndQuiet(held.store)  # type: ignore[index]
    yield held


def office(world: World) -> QuietOffice:
    policy = load_policy()
    return QuietOffice(world.store, policy, load_noise(), problem_types(policy.zoom))


def wanted(world: World, type_: str = STALE, lasts: timedelta = NIGHT, **more: str) -> Wanted:
    return Wanted(type=type_, until=world.clock.now + lasts, reason="CANARY-why", **more)  # type: ignore[arg-type]


def silenced(world: World, **more: object) -> Quiet:
    return quiets.silence(office(world), wanted(world, **more), INFOSEC)  # type: ignore[arg-type]


def of_ipad(world: World, number: int, role: str) -> str:
    return f"S-{world.ipad(number).establishment}-{role}"


def declared(world: World, number: int = 0, type_: str = SUPERVISED) -> Quiet:
    """By the SPOC of its place, confirmed by Infosec."""
    code = world.ipad(number).establishment
    by = at_the_command_line(of_ipad(world, number, "SPOC"), "alex")
    asked = wanted(world, type_, 2 * HOUR, subject=world.tag(number), establishment=code)
    one = quiets.declare(office(world), asked, by)
    return quiets.confirm(office(world), one.id, INFOSEC)


def later(world: World, passes: timedelta) -> None:
    world.clock.now += passes
    world.settle()


def test_what_is_silenced_stays_open_and_is_told_when_the_silence_ends(quiet: World) -> None:
    quiet.last_seen(0, 15)
    quiet.clock.now = AT_ONE
    one = silenced(quiet, lasts=6 * HOUR)
    quiet.night()
    assert [incident.type for incident in quiet.incidents()] == [STALE]
    assert quiet.told() == []
    later(quiet, one.until - quiet.clock.now - MINUTE)
    assert quiet.told() == []
    later(quiet, 2 * MINUTE)
    assert len(quiet.told()) == 1
    assert "SILENCE_ENDED" in {row["what"] for row in quiet.audited()}
    later(quiet, NIGHT)
    assert quiet.told() == []


def test_what_is_over_before_the_silence_ends_is_told_to_nobody(quiet: World) -> None:
    quiet.last_seen(0, 15)
    silenced(quiet, lasts=2 * NIGHT)
    quiet.night()
    quiet.last_seen(0, 0)
    quiet.night(SECOND)
    assert quiet.incidents() == []
    later(quiet, 2 * NIGHT)
    assert quiet.told() == []
    assert quiet.owed("mail") == []
    assert "MAIL_NOT_NEEDED" in {row["what"] for row in quiet.audited()}


def test_a_silence_that_is_ended_early_lets_go_at_once(quiet: World) -> None:
    quiet.last_seen(0, 15)
    one = silenced(quiet, lasts=2 * NIGHT)
    quiet.night()
    assert quiet.told() == []
    quiets.end(office(quiet), one.id, INFOSEC)
    quiet.settle()
    assert len(quiet.told()) == 1
    with pytest.raises(NotAllowed, match="is over"):
        quiets.end(office(quiet), one.id, INFOSEC)


def test_no_reason_is_in_the_audit_or_in_a_letter(quiet: World) -> None:
    quiet.last_seen(0, 15)
    one = declared(quiet, 1, STALE)
    quiets.end(office(quiet), silenced(quiet).id, INFOSEC)
    quiet.night()
    assert one.reason == "CANARY-why"
    assert "CANARY" not in str(quiet.audited())
    assert all("CANARY" not in str(mail) for _, mail in quiet.postbox.mails)


def test_security_is_never_silenced(quiet: World) -> None:
    """DESIGN 9."""
    with pytest.raises(NotAllowed, match="never silenced"):
        silenced(quiet, type_=SUPERVISED)
    quiet.edit(0, isSupervised=False)
    quiet.last_seen(0, 15)
    silenced(quiet)
    quiet.night()
    assert all("HIGH" in mail["Subject"] for _, mail in quiet.postbox.mails)
    assert len(quiet.told()) == EVERYBODY


def test_maintenance_that_two_people_declared_is_expected_and_infosec_knows(
    quiet: World,
) -> None:
    quiet.clock.now = AT_ONE
    quiet.edit(0, isSupervised=False)
    one = declared(quiet)
    quiet.settle()
    assert "infosec@justice.example" in quiet.told()
    quiet.night()
    assert {incident.type for incident in quiet.incidents()} == {
        SUPERVISED, MAINTENANCE_DECLARED,
    }  # fmt: skip
    assert quiet.told() == []
    later(quiet, one.until - quiet.clock.now)
    assert len(quiet.told()) == EVERYBODY  # it still stands when the time is over
    assert {incident.type for incident in quiet.incidents()} == {SUPERVISED}


def test_maintenance_that_nobody_confirmed_holds_nothing(quiet: World) -> None:
    code = quiet.ipad(0).establishment
    by = at_the_command_line(of_ipad(quiet, 0, "SPOC"), "alex")
    asked = wanted(quiet, SUPERVISED, subject=quiet.tag(0), establishment=code)
    one = quiets.declare(office(quiet), asked, by)
    quiet.edit(0, isSupervised=False)
    quiet.night()
    assert len(quiet.told()) == EVERYBODY
    assert one.confirmed_by is None


@pytest.mark.parametrize(
    ("asked", "refusal", "why"),
    [
        ({"reason": " "}, BadInput, "nobody said why"),
        ({"type": "no.such"}, BadInput, "no problem has the type"),
        ({"until": timedelta(0)}, BadInput, "before it begins"),
        ({"until": timedelta(days=15)}, BadInput, "14 days at most"),
        ({"since": -HOUR}, BadInput, "in the past"),
    ],
)
def test_a_silence_is_for_something_for_a_while_and_for_a_reason(
    quiet: World, asked: dict[str, object], refusal: type[AgentError], why: str
) -> None:
    now = quiet.clock.now
    told: dict[str, object] = {"type": STALE, "until": HOUR, "reason": "known"} | asked
    moments = {
        name: now + passes
        for name, passes in told.items()
        if isinstance(passes, timedelta)
    }  # fmt: skip
    with pytest.raises(refusal, match=why):
        quiets.silence(office(quiet), Wanted(**told | moments), INFOSEC)  # type: ignore[arg-type]


def test_staff_of_a_place_speak_for_it_alone(quiet: World) -> None:
    by = at_the_command_line(of_ipad(quiet, 0, "SPOC"), "alex")
    with pytest.raises(NotAllowed, match="alone"):
        quiets.silence(office(quiet), wanted(quiet), by)
    elsewhere = quiet.ipad(5).establishment
    with pytest.raises(NotAllowed, match="alone"):
        quiets.silence(office(quiet), wanted(quiet, establishment=elsewhere), by)
    own = quiet.ipad(0).establishment
    assert quiets.silence(office(quiet), wanted(quiet, establishment=own), by).owner == by.id


def test_maintenance_needs_two_people_and_one_of_the_roles(quiet: World) -> None:
    code = quiet.ipad(0).establishment
    asked = wanted(quiet, SUPERVISED, HOUR, establishment=code)
    one = quiets.declare(office(quiet), asked, INFOSEC)
    with pytest.raises(NotAllowed, match="two different people"):
        quiets.confirm(office(quiet), one.id, INFOSEC)
    spoc = at_the_command_line(of_ipad(quiet, 0, "SPOC"), "alex")
    with pytest.raises(NotAllowed, match="may not confirm"):
        quiets.confirm(office(quiet), one.id, spoc)
    with pytest.raises(BadInput, match="one iPad or of one establishment"):
        quiets.declare(office(quiet), wanted(quiet, SUPERVISED, HOUR), INFOSEC)
    with pytest.raises(BadInput, match="72 hours at most"):
        far = wanted(quiet, SUPERVISED, 4 * NIGHT, establishment=code)
        quiets.declare(office(quiet), far, INFOSEC)
    with pytest.raises(NotAllowed, match="needs no second person"):
        quiets.confirm(office(quiet), silenced(quiet).id, INFOSEC)
    with pytest.raises(BadInput, match="there is no"):
        quiets.confirm(office(quiet), "MNT-2026-0042", INFOSEC)


def test_an_ipad_known_to_be_lost_does_not_also_mail_that_it_is_stale(
    quiet: World, tmp_path: Path
) -> None:
    here = Office(quiet.store, CallKeys(tmp_path), load_calls(), load_policy())
    asset = device_named(quiet.store, quiet.tag(0))
    devices.report_lost(here, asset, INFOSEC)
    quiet.settle()
    quiet.told()
    quiet.last_seen(0, 15)
    quiet.last_seen(2, 15)
    quiet.night()
    assert len(quiet.told()) == 1  # of the other one
    assert len(quiet.incidents()) == 3
    devices.report_found(here, asset, INFOSEC)
    later(quiet, HOUR)
    assert len(quiet.told()) == 1  # it is here, and still silent


def test_every_category_of_a_problem_is_known() -> None:
    known = problem_types(load_policy().zoom)
    assert set(known.values()) == set(Category)
    assert known[SUPERVISED] is Category.SECURITY
