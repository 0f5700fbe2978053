"""What the MDM keeps itself: management, enrolment, check-in, account, certificate."""

from datetime import datetime, timedelta

import pytest

from agent.domain.check import Severity, Verdict
from agent.domain.checks.account import account
from agent.domain.checks.an_ipad import an_ipad
from agent.domain.checks.certificate import certificate
from agent.domain.checks.checked_in import checked_in
from agent.domain.checks.managed import managed
from agent.domain.checks.same_enrolment import same_enrolment
from agent.domain.device import Management
from agent.domain.facts import NEVER, Unknown
from tests.support.cases import (
    DAY,
    NOT_TOLD,
    NOW,
    ODD,
    SECOND,
    a_device,
    an_asset,
    judged,
    known,
)

LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("state", list(Management))
def test_only_managed_is_managed(state: Management) -> None:
    finding = judged(managed, a_device(management=known(state)))
    if state is Management.MANAGED:
        assert finding.verdict is Verdict.PASS
    else:
        assert (finding.verdict, finding.reason) == (Verdict.FAIL, "not-managed")
        assert (finding.value, finding.severity) == (state.value, HIGH)


@pytest.mark.parametrize("gap", [NOT_TOLD, ODD])
def test_a_state_that_is_missing_or_odd_is_not_known(gap: Unknown) -> None:
    finding = judged(managed, a_device(management=gap))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, gap.reason)


@pytest.mark.parametrize("model", ["iPad", "iPad (9th generation)", "IPAD PRO 11", "iPad mini"])
def test_every_kind_of_ipad_is_an_ipad(model: str) -> None:
    assert judged(an_ipad, a_device(model=known(model))).verdict is Verdict.PASS


@pytest.mark.parametrize("model", ["iPhone 15", "iPod touch", "MacBook", "Not an iPad"])
def test_whatever_else_the_mdm_calls_it_is_no_ipad(model: str) -> None:
    finding = judged(an_ipad, a_device(model=known(model)))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "not-an-ipad")
    assert (finding.value, finding.severity) == (model, HIGH)


def test_the_kind_of_a_device_that_is_silent_for_long_is_known_all_the_same() -> None:
    """The MDM keeps it: it does not go stale."""
    old = NOW - 400 * DAY
    silent = a_device(seen=old, model=known("iPad Air", old))
    assert judged(an_ipad, silent).verdict is Verdict.PASS


@pytest.mark.parametrize("gap", [NOT_TOLD, ODD])
def test_a_kind_that_is_not_told_is_not_known(gap: Unknown) -> None:
    finding = judged(an_ipad, a_device(model=gap))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, gap.reason)


ENROLLED = an_asset().enrolled_at or NOW


@pytest.mark.parametrize("later", [-400 * DAY, 0 * DAY, DAY])
def test_the_enrolment_of_the_register_or_an_earlier_one_is_the_same(later: timedelta) -> None:
    """A day is forgiven: the region writes down the day, the MDM the second."""
    told = judged(same_enrolment, a_device(enrolled_at=known(ENROLLED + later)))
    assert told.verdict is Verdict.PASS


def test_an_enrolment_more_than_a_day_later_is_another() -> None:
    later = ENROLLED + DAY + TICK
    finding = judged(same_enrolment, a_device(enrolled_at=known(later)))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "enrolled-again")
    assert (finding.value, finding.severity) == ("2026-09-02", HIGH)
    assert "the register says 01 Sep 2026" in finding.because


def test_an_enrolment_is_compared_only_where_the_register_has_one() -> None:
    silent = an_asset(enrolled_at=None)
    told = judged(same_enrolment, a_device(), asset=silent)
    assert (told.verdict, told.reason) == (Verdict.UNKNOWN, "not-recorded")
    told = judged(same_enrolment, a_device(enrolled_at=NOT_TOLD), asset=silent)
    assert told.reason == "not-told"
    told = judged(same_enrolment, a_device(enrolled_at=NOT_TOLD))
    assert (told.verdict, told.reason) == (Verdict.UNKNOWN, "not-told")


@pytest.mark.parametrize(
    ("ago", "severity"),
    [
        (-SECOND, None),  # its clock runs ahead
        (0 * DAY, None),
        (7 * DAY, None),
        (7 * DAY + TICK, LOW),
        (14 * DAY - TICK, LOW),
        (14 * DAY, MEDIUM),
        (30 * DAY - TICK, MEDIUM),
        (30 * DAY, HIGH),
        (3000 * DAY, HIGH),
    ],
)
def test_a_flat_ipad_in_a_safe_is_normal_for_a_week_and_then_ever_graver(
    ago: timedelta, severity: Severity | None
) -> None:
    finding = judged(checked_in, a_device(seen=NOW - ago))
    if severity is None:
        assert finding.verdict is Verdict.PASS
    else:
        assert (finding.verdict, finding.reason) == (Verdict.FAIL, "stale")
        assert finding.severity is severity
        assert finding.value == f"{NOW - ago:%Y-%m-%d}"


def test_a_check_in_that_never_was_is_grave_and_one_not_told_is_not_known() -> None:
    finding = judged(checked_in, a_device(seen=NEVER))
    assert (finding.reason, finding.severity) == ("never-checked-in", HIGH)
    finding = judged(checked_in, a_device(last_seen=NOT_TOLD))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-told")


def test_five_ipads_that_went_silent_on_one_day_have_one_value() -> None:
    morning, evening = (datetime(2026, 11, 9, hour, tzinfo=NOW.tzinfo) for hour in (1, 23))
    values = {judged(checked_in, a_device(seen=seen)).value for seen in (morning, evening)}
    assert values == {"2026-11-09"}


def test_the_account_of_the_register_is_its_own_in_any_case_of_letters() -> None:
    asset = an_asset(m365_user_id="MdiBT001@iPads.example")
    told = judged(account, a_device(account=known("mdibt001@ipads.example")), asset=asset)
    assert told.verdict is Verdict.PASS


def test_another_account_is_wrong_and_is_named_nowhere() -> None:
    other = "a.person@ipads.example"
    finding = judged(account, a_device(account=known(other)))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "wrong-account")
    assert finding.severity is HIGH
    assert "person" not in str(finding)
    again = judged(account, a_device(account=known(other)))
    third = judged(account, a_device(account=known("b.person@ipads.example")))
    assert again.value == finding.value != third.value


def test_no_account_fails_and_one_not_told_is_not_known() -> None:
    finding = judged(account, a_device(account=known("")))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "no-account")
    finding = judged(account, a_device(account=NOT_TOLD))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-told")


@pytest.mark.parametrize(
    ("left", "reason", "severity"),
    [
        (31 * DAY, "", LOW),
        (30 * DAY + TICK, "", LOW),
        (30 * DAY, "certificate-expiring", LOW),
        (14 * DAY + TICK, "certificate-expiring", LOW),
        (14 * DAY, "certificate-expiring", MEDIUM),
        (7 * DAY + TICK, "certificate-expiring", MEDIUM),
        (7 * DAY, "certificate-expiring", HIGH),
        (TICK, "certificate-expiring", HIGH),
        (0 * DAY, "certificate-expired", HIGH),
        (-100 * DAY, "certificate-expired", HIGH),
    ],
)
def test_a_certificate_is_ever_graver_the_nearer_its_end(
    left: timedelta, reason: str, severity: Severity
) -> None:
    finding = judged(certificate, a_device(certificate_expires=known(NOW + left)))
    assert (finding.reason, finding.severity) == (reason, severity)
    assert finding.verdict is (Verdict.FAIL if reason else Verdict.PASS)
    assert finding.value == (f"{NOW + left:%Y-%m-%d}" if reason else "")


def test_a_certificate_whose_end_is_not_told_is_not_known() -> None:
    finding = judged(certificate, a_device(certificate_expires=NOT_TOLD))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-told")


def test_a_check_in_that_lies_in_the_future_is_a_wrong_clock_and_never_fresh() -> None:
    at_most = judged(checked_in, a_device(last_seen=known(NOW + timedelta(days=1))))
    assert at_most.verdict is Verdict.PASS
    finding = judged(checked_in, a_device(last_seen=known(NOW + timedelta(days=1, seconds=1))))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "clock-wrong")
