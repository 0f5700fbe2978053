"""A8: what has an iPad's name or account in the MDM has its serial, or stands in for it."""

from datetime import datetime
from typing import Any

import pytest

from agent.domain.asset import Asset
from agent.domain.check import Finding, Verdict
from agent.domain.checks import CHECKS
from agent.domain.device import Device
from agent.domain.judgement import judge
from agent.domain.namesakes import plate
from tests.support.cases import (
    BASELINE,
    DAY,
    NOT_READ,
    NOT_TOLD,
    NOW,
    a_device,
    a_list,
    an_asset,
    known,
    read,
)

OURS, BESIDE = an_asset(), an_asset(2)
OTHER = "F9KX00000001"


def stands_in(*, ago: int = 1, **changes: Any) -> Device:
    """Another iPad with our name and account, enrolled so many days ago."""
    told: dict[str, Any] = {
        "serial": OTHER, "id": "other", "name": "MDIBT001",
        "enrolled_at": known(NOW - ago * DAY),
    }  # fmt: skip
    return a_device(OURS, seen=NOW, **told | changes)


def last_seen(when: datetime, **changes: Any) -> Device:
    return a_device(OURS, seen=when, **changes)


def told(*devices: Device, gap: str | None = None, asset: Asset = OURS) -> Finding:
    evidence = read(a_list(*devices, gap=gap))
    found = judge([asset], evidence, CHECKS, BASELINE, NOW)
    [finding] = [one for one in found if one.check == "device.serial"]
    return finding


@pytest.mark.parametrize(
    "change", [{}, {"name": "iPad"}, {"account": NOT_TOLD}, {"account": known("")}]
)
def test_another_serial_under_its_name_or_its_account_is_wrong(
    change: dict[str, Any],
) -> None:
    finding = told(a_device(OURS, seen=NOW - DAY), stands_in(**change))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "serial-differs")
    assert finding.value == OTHER


def test_also_where_it_has_no_record_of_its_own() -> None:
    assert told(stands_in()).reason == "serial-differs"


@pytest.mark.parametrize("name", ["MDI BT1", "mdi-bt01", "MDIBT001"])
def test_a_name_is_the_same_however_it_is_typed(name: str) -> None:
    assert plate(name) == "MDIBT1"
    assert told(stands_in(name=name, account=NOT_TOLD)).verdict is Verdict.FAIL


def test_names_that_only_look_alike_are_others() -> None:
    assert len({plate(name) for name in ("MDIBT1", "MDIBT10", "MDIBT", "LEIBT1")}) == 4
    other = stands_in(name="MDIBT010", account=known("someone@ipads.example"))
    assert told(a_device(OURS), other).verdict is Verdict.PASS


def test_what_was_there_before_it_is_left_over_and_not_it() -> None:
    old = stands_in(ago=400, last_seen=known(NOW - 300 * DAY))
    assert told(a_device(OURS), old).verdict is Verdict.PASS


def test_what_is_older_in_one_time_only_may_be_it() -> None:
    for change in (
        {"enrolled_at": known(NOW - 400 * DAY)},
        {"enrolled_at": NOT_TOLD, "last_seen": known(NOW - 300 * DAY)},
    ):
        assert told(a_device(OURS), stands_in(**change)).verdict is Verdict.FAIL


def test_what_has_no_serial_at_all_is_no_other_device() -> None:
    assert told(a_device(OURS), stands_in(serial="")).verdict is Verdict.PASS


def test_the_other_ipad_of_the_place_under_its_name_is_wrong_too() -> None:
    """Two labels that were swapped."""
    swapped = a_device(BESIDE, name="MDIBT001", enrolled_at=known(NOW - DAY))
    assert told(a_device(OURS), swapped).value == BESIDE.serial


def test_a_list_that_was_not_read_to_its_end_proves_nothing_but_what_it_shows() -> None:
    finding = told(a_device(OURS), gap="cut off")
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-read")
    assert told(a_device(OURS), stands_in(), gap="cut off").verdict is Verdict.FAIL


def test_where_its_own_records_are_not_known_nobody_can_say_which_is_older() -> None:
    evidence = read(a_list(stands_in(), gap="cut off"), {OURS.serial: NOT_READ})
    found = judge([OURS], evidence, CHECKS, BASELINE, NOW)
    [finding] = [one for one in found if one.check == "device.serial"]
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-read")
