from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from agent.errors import BadInput
from connectors.sandbox.faults.catalogue import CATALOGUE, MDM, fit, hiding
from connectors.sandbox.faults.plan import Place, plan
from connectors.sandbox.faults.planting import Planting
from connectors.sandbox.faults.truth import NEEDS_ONE_RECORD, TOLD_BY_DEVICE
from tests.connectors.sandbox.support import DEVICES, World, records
from tests.connectors.sandbox.zoom.support import ZoomWorld

ASKED_FOR = [
    "not-enrolled",
    "unknown-device",
    "duplicate-serial",
    "re-enrolled",
    "re-enrolled-old-record-left",
    "serial-missing",
    "retire-pending",
    "wipe-pending",
    "management-new-enum",
    "unsupervised",
    "supervision-null",
    "supervision-absent",
    "wrong-account",
    "no-account",
    "account-null",
    "stale-check-in",
    "very-stale-check-in",
    "never-checked-in",
    "check-in-null",
    "old-os",
    "os-null",
    "os-unparsable",
    "jailbroken",
    "jailbreak-unknown",
    "jailbreak-empty",
    "noncompliant",
    "in-grace-period",
    "compliance-error",
    "compliance-conflict",
    "compliance-unknown",
    "compliance-config-manager",
    "compliance-new-enum",
    "no-policy",
    "extra-app",
    "zoom-missing",
    "zoom-wrong-bundle",
    "zoom-too-old",
    "profile-missing",
    "profile-error",
    "profile-conflict",
    "profile-state-unknown",
    "changed-sim",
    "sim-null",
    "certificate-expiring",
    "certificate-expired",
    "certificate-null",
]
FIFTY = [plan(seed, 50, 248) for seed in range(20)]


def pairs(places: list[Place]) -> list[tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for place in places:
        if place.device is not None:
            found.setdefault(place.device, []).append(place.fault)
    assert all(len(names) <= 2 for names in found.values())
    return [tuple(names) for names in found.values() if len(names) == 2]


def found(truth: Any, subject: str) -> dict[str, tuple[str, str]]:
    return {
        row["check"]: (row["verdict"], row["reason"])
        for row in truth["rows"]
        if row["subject"] == subject
    }


def planted(*names: str) -> tuple[Planting, str]:
    planting = Planting(records())
    tag = planting.records.estate.ipad(4).asset_tag
    for name in names:
        planting.plant(name, tag)
    return planting, tag


def truth_of(*names: str) -> dict[str, tuple[str, str]]:
    planting, tag = planted(*names)
    return found(planting.truth(), tag)


def test_every_fault_that_was_asked_for_is_in_the_catalogue() -> None:
    assert set(ASKED_FOR) <= set(CATALOGUE)


def seen(world: ZoomWorld, name: str) -> list[Any]:
    return world.everything() if name in MDM else world.all_of_zoom()


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_a_fault_shows_and_clearing_it_leaves_no_trace(name: str) -> None:
    world = ZoomWorld(devices=6, establishments=3)
    before = seen(world, name)
    subject = world.core.planting.plant(name)["subject"]
    during = seen(world, name)
    assert during != before
    assert world.core.planting.truth()["rows"]
    assert world.core.planting.clear(subject=subject) == 1
    assert seen(world, name) == before
    assert world.core.planting.truth() == {"rows": [], "faults": []}
    assert world.core.records.layers() == ()


def test_one_of_two_faults_can_be_cleared() -> None:
    planting, tag = planted("re-enrolled", "old-os")
    planting.clear("re-enrolled")
    record = planting.records.device(planting.records.estate.ipad(4).device_id)
    assert record is not None
    assert record["osVersion"] == "16.7.11"
    assert list(found(planting.truth(), tag)) == ["os.minimum"]


def test_the_second_fault_strikes_the_enrolment_that_counts() -> None:
    for names in (("re-enrolled", "old-os"), ("old-os", "re-enrolled")):
        planting, _ = planted(*names)
        [(_, record)] = planting.records.by_serial(planting.records.estate.ipad(4).serial)
        assert record["osVersion"] == "16.7.11"
        assert record["enrolledDateTime"] == "2026-11-21T00:00:00Z"


def test_two_faults_that_fit_never_speak_of_one_check() -> None:
    for one, other in combinations(CATALOGUE.values(), 2):
        if fit(one, other):
            checks = [{row.check for row in fault.rows} for fault in (one, other)]
            assert not checks[0] & checks[1], (one.name, other.name)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("old-os", "os-null"), "go with"),
        (("old-os", "jailbroken", "no-account"), "2 faults"),
        (("duplicate-serial", "stale-check-in"), "go with"),
        (("nonsense",), "no fault"),
    ],
)
def test_faults_that_do_not_fit_are_refused(names: tuple[str, ...], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        planted(*names)


def test_a_subject_that_is_not_on_the_register_is_refused() -> None:
    with pytest.raises(BadInput, match="K9"):
        Planting(records()).plant("old-os", "K9")


def test_the_plan_of_a_seed_is_always_the_same() -> None:
    assert plan(3, 50, 248) == FIFTY[3]
    assert len({tuple(places) for places in FIFTY}) == 20


def test_every_kind_comes_about_as_often_as_any_other() -> None:
    count = Counter(place.fault for places in FIFTY for place in places)
    assert sum(count.values()) == 20 * 50
    assert set(count) == set(MDM)
    assert min(count.values()) >= 5
    assert max(count.values()) <= 20


def test_each_plan_has_pairs_that_fit_and_some_of_them_mask() -> None:
    for places in FIFTY:
        together = pairs(places)
        assert len(together) >= 3
        assert all(fit(CATALOGUE[one], CATALOGUE[other]) for one, other in together)
        assert any(set(pair) & set(hiding()) for pair in together)


def test_a_small_estate_gets_as_many_faults_as_it_has_room_for() -> None:
    places = plan(1, 50, 6)
    assert len(places) < 50
    assert {place.device for place in places} <= {None, *range(6)}


def test_a_fault_that_hides_nothing_brings_its_own_row_alone() -> None:
    assert truth_of("old-os") == {"os.minimum": ("fail", "os-too-old")}


def test_an_ipad_without_a_record_is_known_for_nothing_else() -> None:
    assert truth_of("not-enrolled", "old-os") == {
        "device.enrolled": ("fail", "not-enrolled"),
        **{check: ("unknown", "not-enrolled") for check in NEEDS_ONE_RECORD},
    }


def test_two_records_of_which_none_is_newer_hide_all_but_themselves() -> None:
    assert truth_of("duplicate-serial", "jailbroken") == {
        "device.one-record": ("fail", "duplicate-serial"),
        **{check: ("unknown", "several-records") for check in NEEDS_ONE_RECORD},
    }


def test_two_records_of_which_one_is_newer_hide_nothing() -> None:
    assert truth_of("re-enrolled-old-record-left", "old-os") == {
        "device.one-record": ("fail", "duplicate-serial"),
        "device.same-enrolment": ("fail", "enrolled-again"),
        "os.minimum": ("fail", "os-too-old"),
    }


@pytest.mark.parametrize("name", ["very-stale-check-in", "never-checked-in", "check-in-null"])
def test_good_news_of_long_ago_is_no_news_but_bad_news_stays(name: str) -> None:
    truth = truth_of(name, "jailbroken")
    assert truth.pop("device.untampered") == ("fail", "tampered")
    truth.pop("device.checked-in")
    others = set(TOLD_BY_DEVICE) - {"device.untampered"}
    assert truth == {check: ("unknown", "stale") for check in others}


def test_what_is_not_told_stays_not_told_when_it_is_stale_too() -> None:
    assert truth_of("very-stale-check-in", "os-null")["os.minimum"] == ("unknown", "not-told")


def test_ten_days_without_a_check_in_hide_nothing() -> None:
    assert truth_of("stale-check-in") == {"device.checked-in": ("fail", "stale")}


def test_strangers_are_named_by_serial_and_by_id_where_they_have_none() -> None:
    planting, tag = planted("serial-missing")
    stranger = planting.plant("unknown-device")
    truth = planting.truth()
    nameless = f"device/{planting.records.estate.ipad(4).device_id}"
    listed = {"register.listed": ("fail", "not-on-register")}
    assert found(truth, nameless) == listed
    assert found(truth, stranger["subject"]) == listed
    assert found(truth, tag)["device.enrolled"] == ("fail", "not-enrolled")
    assert stranger["subject"] == f"serial/{stranger['serial']}"


def test_the_truth_names_the_faults_behind_each_row_and_the_checks_of_each_fault() -> None:
    planting, tag = planted("not-enrolled", "old-os")
    truth = planting.truth()
    [row] = [row for row in truth["rows"] if row["check"] == "os.minimum"]
    assert row["faults"] == ["not-enrolled", "old-os"]
    assert row["subject"] == tag
    assert row["establishment"] == "ASI"
    told = {one["name"]: one for one in truth["faults"]}
    assert told["old-os"]["checks"] == ["os.minimum"]
    assert told["old-os"]["paired"] is True
    assert set(told["not-enrolled"]["checks"]) == {"device.enrolled", *NEEDS_ONE_RECORD}


def test_a_plan_is_planted_only_on_ipads_that_have_no_fault() -> None:
    planting = Planting(records(devices=248))
    planting.plant_many(50, 1)
    more = planting.plant_many(50, 2)
    assert len(more) == 50
    assert len(planting.truth()["faults"]) == 100


def test_a_second_record_is_found_by_its_serial_through_graph() -> None:
    world = World()
    ipad = world.core.records.estate.ipad(4)
    world.core.planting.plant("duplicate-serial", ipad.asset_tag)
    rows = world.ask(DEVICES, filter=f"serialNumber eq '{ipad.serial}'").body["value"]
    assert len({row["id"] for row in rows}) == 2
    by_enrolment = max(rows, key=lambda row: str(row["enrolledDateTime"]))
    by_check_in = max(rows, key=lambda row: str(row["lastSyncDateTime"]))
    assert by_enrolment["id"] != by_check_in["id"]
