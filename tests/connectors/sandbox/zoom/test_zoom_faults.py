from collections import Counter
from itertools import product
from typing import Any

import pytest

from connectors.sandbox.faults.catalogue import CATALOGUE, MDM, ZOOM, Halves, fit, planned
from connectors.sandbox.faults.plan import Place, plan
from connectors.sandbox.faults.planting import Planting
from connectors.sandbox.faults.truth import (
    NEEDS_A_ZOOM_ACCOUNT,
    NEEDS_A_ZOOM_ID,
    NEEDS_ONE_RECORD,
)
from connectors.sandbox.zoom.baseline import NEED_A_LICENCE
from tests.connectors.sandbox.support import records

FAULTS_PER_SEED = 60
SEEDS = range(1, 21)
PLANS = [plan(seed, FAULTS_PER_SEED, 248, Halves.BOTH) for seed in SEEDS]
NEED_A_LICENCE_CHECKS = [f"zoom.setting.{path}" for path in NEED_A_LICENCE]


def planted(*names: str) -> tuple[Planting, str]:
    planting = Planting(records())
    tag = planting.records.estate.ipad(4).asset_tag
    for name in names:
        planting.plant(name, None if CATALOGUE[name].everywhere else tag)
    return planting, tag


def found(planting: Planting, subject: str) -> dict[str, tuple[str, str]]:
    return {
        row["check"]: (row["verdict"], row["reason"])
        for row in planting.truth()["rows"]
        if row["subject"] == subject
    }


def truth_of(*names: str) -> dict[str, tuple[str, str]]:
    return found(*planted(*names))


def unknown(checks: Any, reason: str) -> dict[str, tuple[str, str]]:
    return {check: ("unknown", reason) for check in checks}


def pairs(places: list[Place]) -> list[tuple[str, ...]]:
    together: dict[int, list[str]] = {}
    for place in places:
        if place.device is not None:
            together.setdefault(place.device, []).append(place.fault)
    assert all(len(names) <= 2 for names in together.values())
    return [tuple(names) for names in together.values() if len(names) == 2]


def test_an_ipad_without_an_account_is_known_for_its_consent_alone() -> None:
    hidden = unknown(NEEDS_A_ZOOM_ACCOUNT, "zoom-no-account")
    own = {"zoom.account": ("fail", "zoom-no-account")}
    assert truth_of("zoom-no-account", "chat-on") == own | hidden
    lapsed = {"zoom.consent": ("fail", "consent-lapsed")}
    assert truth_of("zoom-no-account", "consent-lapsed") == own | hidden | lapsed


def test_a_pending_user_hides_what_needs_an_id() -> None:
    assert truth_of("zoom-pending", "recording-found") == {
        "zoom.active": ("fail", "zoom-pending"),
        **unknown(NEEDS_A_ZOOM_ID, "zoom-pending"),
    }


@pytest.mark.parametrize("other", ["cloud-recording-on", "ai-summary-on"])
def test_settings_that_vanish_without_a_licence_hide_what_is_wrong_with_them(
    other: str,
) -> None:
    own = {"zoom.licensed": ("fail", "zoom-basic")}
    assert truth_of("zoom-basic", other) == own | unknown(NEED_A_LICENCE_CHECKS, "not-told")


def test_settings_that_need_no_licence_stay_as_wrong_as_they_are() -> None:
    truth = truth_of("zoom-basic", "waiting-room-off")
    assert truth["zoom.setting.meeting_security.waiting_room"] == ("fail", "setting-wrong")


@pytest.mark.parametrize("name", ["consent-missing", "consent-lapsed"])
def test_without_a_consent_nobody_knows_of_contacts(name: str) -> None:
    assert truth_of(name, "contact-left") == {
        "zoom.consent": ("fail", name),
        "zoom.no-contacts": ("unknown", name),
    }


def test_the_two_halves_mask_nothing_of_each_other() -> None:
    truth = truth_of("not-enrolled", "recording-found")
    assert truth == {
        "device.enrolled": ("fail", "not-enrolled"),
        **unknown(NEEDS_ONE_RECORD, "not-enrolled"),
        "zoom.no-recordings": ("fail", "recording-found"),
    }


def test_restricted_summaries_are_unknown_on_every_ipad() -> None:
    planting, tag = planted("summary-found", "summaries-restricted")
    hidden = {"zoom.no-summaries": ("unknown", "summaries-restricted")}
    assert found(planting, tag) == hidden
    assert {row["subject"] for row in planting.truth()["rows"]} == {
        ipad.asset_tag for ipad in planting.records.estate
    }
    [row] = [row for row in planting.truth()["rows"] if row["subject"] == tag]
    assert row["faults"] == ["summaries-restricted", "summary-found"]
    planting.plant("unknown-device")
    planting.clear("summaries-restricted")
    assert found(planting, tag) == {"zoom.no-summaries": ("fail", "summary-found")}


def test_restricted_summaries_say_nothing_of_an_ipad_without_an_account() -> None:
    truth = truth_of("zoom-no-account", "summaries-restricted")
    assert truth["zoom.no-summaries"] == ("unknown", "zoom-no-account")


def test_a_fault_of_each_half_goes_with_any_of_the_other() -> None:
    for one, other in product(MDM.values(), ZOOM.values()):
        apart = one.stranger or other.everywhere
        assert fit(one, other) != apart


def test_each_half_has_plans_of_its_own() -> None:
    for halves, catalogue in ((Halves.MDM, MDM), (Halves.ZOOM, ZOOM)):
        assert {place.fault for place in plan(1, 60, 248, halves)} <= set(catalogue)
    assert plan(3, 50, 248) == plan(3, 50, 248, Halves.MDM)


def test_some_faults_are_only_planted_by_hand() -> None:
    assert set(CATALOGUE) - set(planned(Halves.BOTH)) == {
        "old-recording",
        "summaries-restricted",
    }


def test_every_kind_of_both_halves_comes_at_least_five_times() -> None:
    count = Counter(place.fault for places in PLANS for place in places)
    assert sum(count.values()) == len(SEEDS) * FAULTS_PER_SEED
    assert set(count) == set(planned(Halves.BOTH))
    assert min(count.values()) >= 5


def test_each_plan_of_both_halves_has_pairs_across_and_within() -> None:
    for places in PLANS:
        together = pairs(places)
        across = [names for names in together if len(set(names) & set(MDM)) == 1]
        assert len(together) >= 6
        assert 3 <= len(across) < len(together)
        assert all(fit(CATALOGUE[one], CATALOGUE[other]) for one, other in together)


def test_a_plan_of_both_halves_is_planted_and_cleared() -> None:
    planting = Planting(records(devices=248))
    assert len(planting.plant_many(FAULTS_PER_SEED, 1, Halves.BOTH)) == FAULTS_PER_SEED
    checks = {row["check"].partition(".")[0] for row in planting.truth()["rows"]}
    assert {"zoom", "device"} <= checks
    assert planting.clear() == FAULTS_PER_SEED
    assert planting.truth() == {"rows": [], "faults": []}
