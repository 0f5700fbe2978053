"""Nights over both halves: what Zoom shows is told, what it hides is never a PASS (E2, K3)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from agent.domain.check import Verdict
from agent.domain.checks import CHECKS, all_checks
from agent.policies import load_policy
from agent.services.consents import Standing, consents
from connectors.sandbox.failures import Failure
from tests.support.estates import FIRST_NIGHT, World
from tests.support.zoom_world import with_zoom

T = TypeVar("T")
NAMES = {check.name for check in all_checks(load_policy().zoom)}
MDM = {check.name for check in CHECKS}
ZOOM = NAMES - MDM
ALL = range(6)
OPERATIONAL = ["infosec@justice.example", "management@provider.example"]
CONTACTS = {"zoom.no-contacts", "zoom.consent"}  # a consent in force is one that was used
LOCKS = {name for name in NAMES if name.startswith("zoom.lock.")}
SETTINGS = {name for name in NAMES if name.startswith("zoom.setting.")}

HIDDEN = {
    "zoom.users zoom.user": ZOOM,
    "zoom.userSettings": SETTINGS,
    "zoom.groupLocks": LOCKS,
    "zoom.groupSettings": {"zoom.allow-lists"},
    "zoom.recordings": {"zoom.no-recordings"},
    "zoom.meetings zoom.transcript": {"zoom.no-transcripts"},
    "zoom.summaries": {"zoom.no-summaries"},
    "zoom.activities": {"zoom.sign-ins"},
    "zoom.contacts": CONTACTS,
}
"""Endpoints that fail -> what cannot be judged then."""

READ = {
    "zoom.token", "zoom.users", "zoom.userSettings", "zoom.groupLocks", "zoom.groupSettings",
    "zoom.recordings", "zoom.meetings", "zoom.transcript", "zoom.summaries",
    "zoom.activities", "zoom.contacts",
}  # fmt: skip


@pytest.fixture
def both(world: World, tmp_path: Path) -> World:
    """Three establishments, six iPads, all well, and every user has consented."""
    return with_zoom(world, tmp_path, ALL)


def _reasons(world: World, number: int) -> dict[str, tuple[Verdict, str]]:
    tag = world.tag(number)
    found = world.verdicts().items()
    return {
        check: (f.verdict, f.reason) for (who, check), f in found if who == tag and f.reason
    }


def test_all_is_well_in_both_halves_and_nobody_is_told(both: World) -> None:
    assert both.night().state == "COMPLETE"
    assert [both.passes(both.tag(number)) for number in ALL] == [NAMES] * len(ALL)
    assert (both.incidents(), both.told()) == ([], [])


def test_neither_half_waits_for_the_other(both: World) -> None:
    """Zoom can be read before the MDM, and so beside it."""
    begun: list[int] = []

    def last_first(tasks: Iterable[Callable[[], T]]) -> Iterator[T]:
        every = list(tasks)
        begun.append(len(every))
        return reversed([task() for task in reversed(every)])

    both.core.planting.plant("contact-left", both.tag(0))
    both.core.planting.plant("unsupervised", both.tag(0))
    assert both.with_effect("sweep", together=last_first).night().state == "COMPLETE"
    assert begun == [2]
    assert _reasons(both, 0) == {
        "device.supervised": (Verdict.FAIL, "not-supervised"),
        "zoom.no-contacts": (Verdict.FAIL, "contact-left"),
    }
    assert all(both.passes(both.tag(number)) == NAMES for number in ALL if number)


def test_a_contact_left_behind_is_told_to_security_and_infosec(both: World) -> None:
    both.core.planting.plant("contact-left", both.tag(0))
    assert both.night().state == "COMPLETE"
    assert _reasons(both, 0) == {"zoom.no-contacts": (Verdict.FAIL, "contact-left")}
    [incident] = both.incidents()
    assert (incident.type, incident.subject) == ("zoom.no-contacts", both.tag(0))
    told = both.told()
    code = both.ipad(0).establishment.lower()
    assert {f"security.{code}@justice.example", "infosec@justice.example"} <= set(told)
    assert all(both.passes(both.tag(number)) == NAMES for number in ALL if number)


def test_a_recording_is_told_and_nothing_is_deleted(both: World) -> None:
    both.core.planting.plant("recording-found", both.tag(0))
    both.night()
    assert _reasons(both, 0) == {"zoom.no-recordings": (Verdict.FAIL, "recording-found")}
    assert [i.type for i in both.incidents()] == ["zoom.no-recordings"]
    assert "infosec@justice.example" in both.told()
    asked = {name for name, _ in both.core.zoom.calls}
    assert asked == READ
    both.night(FIRST_NIGHT + timedelta(days=1))
    assert [i.type for i in both.incidents()] == ["zoom.no-recordings"]


def test_without_a_consent_the_contacts_are_not_known(world: World, tmp_path: Path) -> None:
    both = with_zoom(world, tmp_path, range(1, 6))
    both.core.planting.plant("contact-left", both.tag(0))
    both.night()
    assert _reasons(both, 0) == {
        "zoom.consent": (Verdict.FAIL, "consent-missing"),
        "zoom.no-contacts": (Verdict.UNKNOWN, "consent-missing"),
    }
    assert all(both.passes(both.tag(number)) == NAMES for number in ALL if number)


@pytest.mark.parametrize("endpoints", HIDDEN)
def test_a_source_of_zoom_that_fails_hides_its_own_checks_and_no_others(
    both: World, endpoints: str
) -> None:
    both.fails(*(Failure(endpoint, 503) for endpoint in endpoints.split()))
    assert both.night().state == "PARTIAL"
    hidden = HIDDEN[endpoints]
    assert hidden
    for number in ALL:
        found = _reasons(both, number)
        assert set(found) == hidden
        assert {verdict for verdict, _ in found.values()} == {Verdict.UNKNOWN}
        assert both.passes(both.tag(number)) == NAMES - hidden
    assert [(i.type, i.severity.name) for i in both.incidents()] == [("sweep.partial", "HIGH")]
    assert both.told() == OPERATIONAL


def test_a_list_of_users_that_fails_is_made_good_by_look_ups_but_stays_partial(
    both: World,
) -> None:
    both.fails(Failure("zoom.users", 503))
    assert both.night().state == "PARTIAL"
    assert [both.passes(both.tag(number)) for number in ALL] == [NAMES] * len(ALL)
    assert both.told() == OPERATIONAL


def test_where_zoom_is_not_configured_the_sweep_is_the_mdms_alone(world: World) -> None:
    world.core.planting.plant("contact-left", world.tag(0))
    assert world.night().state == "COMPLETE"
    assert [world.passes(world.tag(number)) for number in ALL] == [MDM] * len(ALL)
    assert {check for _, check in world.verdicts()} == MDM | {"mdm.strict"}
    assert (world.incidents(), world.told()) == ([], [])
    assert not world.core.zoom.calls


def test_a_consent_that_lapsed_is_known_as_lapsed_after_the_night(both: World) -> None:
    """Who must sign in again is named, and nobody else."""
    user = both.ipad(2).zoom_user
    both.core.zoom.tokens.forget(user)
    both.night()
    standing = {one.asset.tag: one.standing for one in consents(both.store)}
    lapsed = {tag for tag, stands in standing.items() if stands is Standing.LAPSED}
    assert lapsed == {both.tag(2)}
    assert [row["subjectId"] for row in both.audited() if row["what"] == "CONSENT_LAPSED"] == [
        both.tag(2)
    ]
