"""What cannot be read is not known: PARTIAL, told once to those who keep it, never a PASS."""

from datetime import timedelta

import pytest

from agent.domain.check import Verdict
from agent.domain.checks import CHECKS
from connectors.sandbox.failures import Failure
from connectors.sandbox.records import DEVICES, Edit
from tests.support.estates import FIRST_NIGHT, World

SECOND_NIGHT, THIRD_NIGHT = FIRST_NIGHT + timedelta(days=1), FIRST_NIGHT + timedelta(days=2)
OPERATIONAL = ["infosec@justice.example", "management@provider.example"]
ALL = {f"K1000{n}" for n in range(1, 7)}
APPS, PROFILES = {"apps.only-ours", "app.zoom"}, {"device.single-app"}

HIDDEN = {
    "detectedApps": APPS,
    "detectedAppDevices": APPS,
    "deviceCompliancePolicyStates": {"policy.compliant"},
    "deviceConfigurationStates": PROFILES,
    "managedDevice": {"sim.registered"},
    "batch": {*APPS, *PROFILES, "policy.compliant", "sim.registered"},
}


def _broken(endpoint: str, skip: int = 0, times: int | None = None) -> Failure:
    return Failure(endpoint, 503, skip, times)


@pytest.mark.parametrize("endpoint", HIDDEN)
def test_a_source_that_fails_hides_its_own_checks_and_no_others(
    world: World, endpoint: str
) -> None:
    world.fails(_broken(endpoint))
    sweep = world.night()
    assert sweep.state == "PARTIAL"
    assert sweep.gaps
    found = world.verdicts()
    for tag in ALL:
        unknown = {check for (who, check), f in found.items() if who == tag and f.reason}
        assert unknown == HIDDEN[endpoint]
        assert len(world.passes(tag)) == len(CHECKS) - len(unknown)
    assert [(i.type, i.severity.name) for i in world.incidents()] == [("sweep.partial", "HIGH")]
    assert world.told() == OPERATIONAL


@pytest.mark.parametrize("endpoint", ["deviceManagement", "deviceCompliancePolicies"])
def test_a_tenant_whose_settings_cannot_be_read_is_not_called_strict(
    world: World, endpoint: str
) -> None:
    world.fails(_broken(endpoint))
    assert world.night().state == "PARTIAL"
    assert world.verdicts()["mdm", "mdm.strict"].verdict is Verdict.UNKNOWN
    assert [i.type for i in world.incidents()] == ["sweep.partial"]
    assert world.told() == OPERATIONAL


@pytest.mark.parametrize("endpoint", ["token", "managedDevices"])
def test_without_a_list_no_ipad_passes_anything_and_none_is_forgotten(
    world: World, endpoint: str
) -> None:
    world.edit(0, isSupervised=False)
    world.night(FIRST_NIGHT)
    world.told()
    world.edit(0, isSupervised=True)
    world.fails(_broken(endpoint))
    world.clock.now += timedelta(hours=2)  # the token of the first night is no longer good
    assert world.night(SECOND_NIGHT).state == "PARTIAL"
    found = world.verdicts(SECOND_NIGHT)
    assert {who for who, _ in found} == {*ALL, "mdm"}
    for tag in ALL:
        assert world.passes(tag, SECOND_NIGHT) == set()
        assert len([f for (who, _), f in found.items() if who == tag]) == len(CHECKS)
    assert sorted(i.type for i in world.incidents()) == ["device.supervised", "sweep.partial"]
    assert world.told() == OPERATIONAL


def test_a_list_cut_off_after_its_first_page_never_shortens_the_estate(world: World) -> None:
    """Three iPads are on the page that came; the look-ups that would prove the rest fail."""
    world.fails(_broken("managedDevices", skip=1))
    sweep = world.night()
    assert sweep.state == "PARTIAL"
    found = world.verdicts()
    assert {who for who, _ in found} == {*ALL, "mdm"}
    seen = {tag for tag in ALL if "device.enrolled" in world.passes(tag)}
    assert len(seen) == 3
    for tag in ALL - seen:
        assert world.passes(tag) == set()
    for tag in ALL:  # a second record might be on the page that did not come
        assert found[tag, "device.one-record"].verdict is Verdict.UNKNOWN
    assert [i.type for i in world.incidents()] == ["sweep.partial"]
    assert world.told() == OPERATIONAL


def test_a_list_cut_off_is_made_good_by_direct_look_ups_but_stays_partial(
    world: World,
) -> None:
    world.fails(_broken("managedDevices", skip=1, times=2))  # as often as it is tried
    sweep = world.night()
    assert sweep.state == "PARTIAL"
    for tag in ALL:
        assert {check.name for check in CHECKS} - world.passes(tag) == {"device.serial"}
    assert world.told() == OPERATIONAL


def test_a_stranger_is_not_gone_because_the_list_was_not_read(world: World) -> None:
    subject = str(world.core.planting.plant("unknown-device")["subject"])
    world.night(FIRST_NIGHT)
    world.core.planting.clear()
    world.fails(_broken("managedDevices", skip=1, times=2))
    world.night(SECOND_NIGHT)
    assert subject in {i.subject for i in world.incidents()}
    world.fails()
    world.night(THIRD_NIGHT)
    assert world.standing() == []


def test_a_second_night_in_the_dark_is_the_same_incident_and_light_ends_it(
    world: World,
) -> None:
    world.fails(_broken("detectedApps"))
    world.night(FIRST_NIGHT)
    first = world.incidents()
    world.told()
    world.night(SECOND_NIGHT)
    assert (world.incidents(), world.told()) == (first, [])
    world.fails()
    assert world.night(THIRD_NIGHT).state == "COMPLETE"
    assert (world.incidents(), world.findings()) == ([], [])


def test_one_failure_that_passes_is_tried_again_and_nobody_notices(world: World) -> None:
    world.fails(
        *(_broken(name, times=1) for name in ("managedDevices", "detectedApps", "batch"))
    )
    assert world.night().state == "COMPLETE"
    assert world.told() == []


def test_an_ipad_that_the_list_lacks_is_missing_only_once_the_look_up_says_so(
    world: World,
) -> None:
    world.core.records.edit(Edit(DEVICES, world.ipad(0).device_id, drop=True))
    pages = 2
    world.fails(_broken("managedDevices", skip=pages))
    assert world.night(FIRST_NIGHT).state == "PARTIAL"
    assert world.verdicts()[world.tag(0), "device.enrolled"].verdict is Verdict.UNKNOWN
    assert [i.type for i in world.incidents()] == ["sweep.partial"]
    world.fails()
    world.night(SECOND_NIGHT)
    verdict = world.verdicts(SECOND_NIGHT)[world.tag(0), "device.enrolled"]
    assert (verdict.verdict, verdict.reason) == (Verdict.FAIL, "not-enrolled")
