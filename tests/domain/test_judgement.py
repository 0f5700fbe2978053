"""From what was read to every verdict; what was not read is not known."""

from dataclasses import replace

import pytest

from agent.domain.asset import Asset
from agent.domain.check import Finding, Verdict
from agent.domain.checks import CHECKS
from agent.domain.device import Device, Tenant
from agent.domain.facts import NOT_ASKED, Fact, Known, Unknown
from agent.domain.judgement import Evidence, judge, unread
from tests.support.cases import (
    BASELINE,
    DAY,
    MDM,
    NOT_READ,
    NOT_TOLD,
    NOW,
    a_device,
    a_list,
    an_asset,
    known,
    read,
)

ONE, TWO, THREE = (an_asset(number) for number in (1, 2, 3))
NAMES = [check.name for check in CHECKS]
Records = Fact[tuple[Device, ...]]


def _judged(evidence: Evidence, *assets: Asset) -> dict[tuple[str, str], Finding]:
    found = judge(assets, evidence, CHECKS, BASELINE, NOW)
    by_key = {(finding.subject, finding.check): finding for finding in found}
    assert len(by_key) == len(found), "a subject has two findings of one check"
    return by_key


def _reasons(found: dict[tuple[str, str], Finding], tag: str) -> dict[str, str]:
    return {check: f.reason for (who, check), f in found.items() if who == tag and f.reason}


def _looked_up(*records: Device) -> Records:
    return Known(records, f"{MDM}, asked directly", NOW)


def test_every_ipad_gets_every_verdict_in_the_order_of_the_checks_and_the_mdm_its_own() -> None:
    found = judge([ONE, TWO], read(a_list(a_device(ONE), a_device(TWO))), CHECKS, BASELINE, NOW)
    assert [(f.subject, f.check) for f in found] == [
        *((asset.tag, name) for asset in (ONE, TWO) for name in NAMES),
        ("mdm", "mdm.strict"),
    ]
    assert {finding.verdict for finding in found} == {Verdict.PASS}


def test_what_a_complete_list_lacks_and_nobody_looked_up_is_not_enrolled() -> None:
    found = _judged(read(a_list(a_device(ONE))), ONE, TWO)
    assert _reasons(found, ONE.tag) == {}
    assert found[TWO.tag, "device.enrolled"].verdict is Verdict.FAIL


def test_a_device_that_moved_between_two_pages_is_found_by_its_look_up() -> None:
    evidence = read(a_list(a_device(ONE)), {TWO.serial: _looked_up(a_device(TWO))})
    assert _reasons(_judged(evidence, ONE, TWO), TWO.tag) == {}


def test_what_a_look_up_does_not_find_is_not_enrolled() -> None:
    found = _judged(read(a_list(), {ONE.serial: _looked_up()}), ONE)
    assert found[ONE.tag, "device.enrolled"].verdict is Verdict.FAIL
    assert set(_reasons(found, ONE.tag).values()) == {"not-enrolled"}


def test_a_look_up_that_fails_leaves_the_absence_unproven() -> None:
    found = _judged(read(a_list(), {ONE.serial: NOT_READ}), ONE)
    assert _reasons(found, ONE.tag) == dict.fromkeys(NAMES, "not-read")


def test_a_list_with_a_gap_never_shortens_the_estate() -> None:
    found = _judged(read(a_list(gap="page 1")), ONE, TWO)
    for tag in (ONE.tag, TWO.tag):
        assert _reasons(found, tag) == dict.fromkeys(NAMES, "not-read")
        assert not any(f.verdict is Verdict.FAIL for f in found.values())


def test_look_ups_close_the_gap_of_a_list_but_for_who_else_has_its_name() -> None:
    evidence = read(
        a_list(a_device(ONE), gap="page 2"),
        {asset.serial: _looked_up(a_device(asset)) for asset in (ONE, TWO)},
    )
    found = _judged(evidence, ONE, TWO)
    for tag in (ONE.tag, TWO.tag):
        assert _reasons(found, tag) == {"device.serial": "not-read"}


@pytest.mark.parametrize("looked_up", [{}, {ONE.serial: NOT_READ}])
def test_a_record_seen_on_part_of_a_list_proves_the_enrolment_and_nothing_else(
    looked_up: dict[str, Records],
) -> None:
    """A newer record of the iPad may be on the page that was not read."""
    evidence = read(a_list(a_device(ONE), gap="page 2"), looked_up, a_device(ONE))
    found = _judged(evidence, ONE)
    others = [name for name in NAMES if name != "device.enrolled"]
    assert _reasons(found, ONE.tag) == dict.fromkeys(others, "not-read")
    assert found[ONE.tag, "device.enrolled"].verdict is Verdict.PASS


def test_two_records_seen_on_part_of_a_list_are_a_duplicate() -> None:
    twice = a_list(a_device(ONE), a_device(ONE, id="2"), gap="page 2")
    found = _judged(read(twice), ONE)
    assert found[ONE.tag, "device.one-record"].reason == "duplicate-serial"


def test_a_direct_look_up_is_believed_before_a_list_with_a_gap() -> None:
    """The list was read first; what it showed may be gone since."""
    evidence = read(a_list(a_device(ONE), gap="page 2"), {ONE.serial: _looked_up()})
    assert _judged(evidence, ONE)[ONE.tag, "device.enrolled"].reason == "not-enrolled"


def test_the_costly_fields_are_those_of_the_record_that_was_asked() -> None:
    bare = a_device(
        ONE, apps=NOT_ASKED, profiles=NOT_ASKED, policies=NOT_ASKED, iccid=NOT_ASKED
    )
    without = _reasons(_judged(read(a_list(bare)), ONE), ONE.tag)
    costly = {
        "apps.only-ours", "app.zoom", "device.single-app", "policy.compliant", "sim.registered",
    }  # fmt: skip
    assert without == dict.fromkeys(costly, "not-asked")
    full = replace(a_device(ONE), id=bare.id)
    assert _reasons(_judged(read(a_list(bare), {}, full), ONE), ONE.tag) == {}
    found = {ONE.serial: _looked_up(bare)}
    assert _reasons(_judged(read(a_list(), found, full), ONE), ONE.tag) == {}


def test_of_two_records_the_newer_is_judged_with_its_own_details() -> None:
    old = a_device(ONE, id="old", seen=NOW - 9 * DAY)
    new = a_device(ONE, id="new", enrolled_at=known(NOW - 3 * DAY), supervised=NOT_TOLD)
    full = replace(new, supervised=known(False))
    found = _judged(read(a_list(old, new), {}, full, old), ONE)
    assert _reasons(found, ONE.tag) == {
        "device.one-record": "duplicate-serial",
        "device.same-enrolment": "enrolled-again",
        "device.supervised": "not-supervised",
    }


def test_strangers_are_found_also_on_part_of_a_list() -> None:
    for gap in (None, "page 2"):
        found = _judged(read(a_list(a_device(ONE), a_device(THREE), gap=gap)), ONE, TWO)
        assert (f"serial/{THREE.serial}", "register.listed") in found
        assert (f"serial/{ONE.serial}", "register.listed") not in found


def test_nothing_read_and_nothing_registered_is_the_mdm_alone() -> None:
    found = judge([], read(a_list(), tenant=Tenant(NOT_READ, NOT_READ)), CHECKS, BASELINE, NOW)
    assert [(f.subject, f.verdict) for f in found] == [("mdm", Verdict.UNKNOWN)]


def test_each_gap_is_said_once_and_only_what_was_not_read_is_a_gap() -> None:
    evidence = read(a_list(a_device(ONE, supervised=NOT_TOLD)), {TWO.serial: NOT_READ})
    found = judge([ONE, TWO], evidence, CHECKS, BASELINE, NOW)
    assert unread(evidence, found) == (NOT_READ.why,)
    several = {ONE.serial: Unknown("not-read", "z"), TWO.serial: Unknown("not-read", "a")}
    evidence = read(a_list(gap="page 2"), {**several})
    found = judge([ONE, TWO], evidence, CHECKS, BASELINE, NOW)
    assert unread(evidence, found) == ("a", "an MDM: page 2", "z")
    whole = read(a_list(a_device(ONE, supervised=NOT_TOLD)))
    assert unread(whole, judge([ONE], whole, CHECKS, BASELINE, NOW)) == ()


def test_a_gap_of_the_list_is_told_also_where_every_look_up_answered() -> None:
    """What nobody registered may be on the page that was not read."""
    evidence = read(a_list(gap="page 2"), {ONE.serial: _looked_up(a_device(ONE))})
    found = judge([ONE], evidence, CHECKS, BASELINE, NOW)
    assert {f.check for f in found if f.verdict is not Verdict.PASS} == {"device.serial"}
    assert "an MDM: page 2" in unread(evidence, found)
