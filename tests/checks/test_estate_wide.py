"""register.listed and mdm.strict: what belongs to no iPad of the register."""

import pytest

from agent.domain.check import Severity, Verdict
from agent.domain.checks.listed import strangers
from agent.domain.checks.tenant import of_the_tenant
from agent.domain.device import Tenant
from agent.domain.facts import Fact
from tests.support.cases import NOT_READ, NOT_TOLD, a_device, an_asset, known

OURS, STRANGE = an_asset(1), an_asset(2)


def test_a_device_that_nobody_registered_is_named_by_its_serial() -> None:
    devices = [a_device(OURS), a_device(STRANGE)]
    (found,) = strangers(devices, {OURS.serial})
    assert (found.subject, found.establishment) == ("serial/DMPX000002", "")
    assert (found.verdict, found.reason) == (Verdict.FAIL, "not-on-register")
    assert (found.check, found.severity) == ("register.listed", Severity.HIGH)


def test_a_device_without_a_serial_is_named_by_its_id() -> None:
    nameless = [a_device(serial="", id="7"), a_device(serial="", id="8")]
    found = [finding.subject for finding in strangers(nameless, {OURS.serial})]
    assert found == ["device/7", "device/8"]


def test_two_records_of_one_stranger_are_one_finding() -> None:
    twice = [a_device(STRANGE, id="1"), a_device(STRANGE, id="2")]
    assert len(strangers(twice, ())) == 1


def test_nobody_is_a_stranger_where_all_are_registered() -> None:
    assert strangers([a_device(OURS)], {OURS.serial, STRANGE.serial}) == []
    assert strangers([], {OURS.serial}) == []


@pytest.mark.parametrize(
    ("unjudged_is_compliant", "policies", "verdict", "reason"),
    [
        (known(False), known(1), Verdict.PASS, ""),
        (known(True), known(1), Verdict.FAIL, "unjudged-is-compliant"),
        (known(False), known(0), Verdict.FAIL, "no-policy-at-all"),
        (known(True), known(0), Verdict.FAIL, "no-policy-at-all"),
        (NOT_TOLD, known(0), Verdict.FAIL, "no-policy-at-all"),
        (NOT_TOLD, known(3), Verdict.UNKNOWN, "not-told"),
        (known(True), NOT_READ, Verdict.FAIL, "unjudged-is-compliant"),
        (known(False), NOT_READ, Verdict.UNKNOWN, "not-read"),
        (NOT_TOLD, NOT_READ, Verdict.UNKNOWN, "not-read"),
    ],
)
def test_the_mdm_is_strict_only_where_both_answers_are_known_and_good(
    unjudged_is_compliant: Fact[bool], policies: Fact[int], verdict: Verdict, reason: str
) -> None:
    (found,) = of_the_tenant(Tenant(unjudged_is_compliant, policies))
    assert (found.verdict, found.reason) == (verdict, reason)
    assert (found.subject, found.establishment, found.check) == ("mdm", "", "mdm.strict")
