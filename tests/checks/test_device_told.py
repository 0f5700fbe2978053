"""What the iPad told of itself: supervision, tampering, system, SIM."""

from datetime import timedelta

import pytest

from agent.domain.check import Severity, Verdict
from agent.domain.checks.minimum_os import minimum_os
from agent.domain.checks.sim import sim
from agent.domain.checks.supervised import supervised
from agent.domain.checks.untampered import untampered
from agent.domain.facts import Unknown
from tests.support.cases import HOUR, NOT_TOLD, NOW, a_device, an_asset, judged, known

DAY = timedelta(days=1)


def test_supervised_passes_and_unsupervised_fails() -> None:
    assert judged(supervised, a_device(supervised=known(True))).verdict is Verdict.PASS
    finding = judged(supervised, a_device(supervised=known(False)))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "not-supervised")


def test_the_first_hour_of_an_enrolment_says_nothing_of_supervision() -> None:
    early = Unknown("just-enrolled", "enrolled within the hour")
    finding = judged(supervised, a_device(supervised=early))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "just-enrolled")


def test_jailbroken_fails_and_not_jailbroken_passes() -> None:
    assert judged(untampered, a_device(tampered=known(False))).verdict is Verdict.PASS
    finding = judged(untampered, a_device(tampered=known(True)))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "tampered")
    assert finding.severity is Severity.HIGH
    finding = judged(untampered, a_device(tampered=NOT_TOLD))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-told")


@pytest.mark.parametrize("text", ["17.7", "17.7.0", "17.7.1", "17.10", "18", "26.0 (23A1)"])
def test_a_system_from_17_7_on_is_new_enough(text: str) -> None:
    assert judged(minimum_os, a_device(os_version=known(text))).verdict is Verdict.PASS


@pytest.mark.parametrize("text", ["17.6.9", "17", "17.6.99 (21G80)", "9.3.5", "0"])
def test_a_system_below_17_7_is_too_old(text: str) -> None:
    finding = judged(minimum_os, a_device(os_version=known(text)))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "os-too-old")
    assert (finding.value, finding.severity) == (text, Severity.MEDIUM)


@pytest.mark.parametrize("text", ["iPadOS 18", "18.x", "", "9" * 5000])
def test_a_system_that_is_no_version_is_not_known(text: str) -> None:
    finding = judged(minimum_os, a_device(os_version=known(text)))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "unknown-value")


def test_a_system_that_is_not_told_is_not_known() -> None:
    finding = judged(minimum_os, a_device(os_version=NOT_TOLD))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-told")


def test_the_sim_of_the_register_passes_and_another_fails() -> None:
    assert judged(sim, a_device()).verdict is Verdict.PASS
    finding = judged(sim, a_device(iccid=known("8944110000009999999")))
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "sim-changed")
    assert finding.severity is Severity.HIGH


def test_a_sim_is_compared_only_where_both_sides_have_one() -> None:
    finding = judged(sim, a_device(iccid=NOT_TOLD))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-told")
    finding = judged(sim, a_device(), asset=an_asset(iccid=""))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-recorded")


@pytest.mark.parametrize(
    ("ahead", "verdict"), [(DAY, Verdict.PASS), (DAY + HOUR, Verdict.UNKNOWN)]
)
def test_good_news_of_a_time_that_has_not_come_is_not_known(
    ahead: timedelta, verdict: Verdict
) -> None:
    finding = judged(supervised, a_device(supervised=known(True, NOW + ahead)))
    assert finding.verdict is verdict
    assert finding.reason == ("" if verdict is Verdict.PASS else "unknown-value")
