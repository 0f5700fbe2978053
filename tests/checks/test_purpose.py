"""A7: usable for this purpose only. Policies, the single-app profile, apps, Zoom."""

from typing import Any

import pytest

from agent.domain.check import Check, Severity, Verdict
from agent.domain.checks.compliant import compliant
from agent.domain.checks.only_ours import only_ours
from agent.domain.checks.single_app import single_app
from agent.domain.checks.zoom_app import zoom_app
from agent.domain.device import App, Compliance, Profile, ProfileState
from agent.domain.facts import Unknown
from tests.support.cases import (
    MDM,
    NOT_READ,
    NOT_TOLD,
    ODD,
    SINGLE_APP,
    ZOOM,
    a_device,
    judged,
    known,
    state,
)

IN_FORCE, FAILED, NOT_APPLIED = ProfileState
NAME = SINGLE_APP.name
FAIL, PASS, UNKNOWN = Verdict.FAIL, Verdict.PASS, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("word", "reason", "severity"),
    [
        (Compliance.NONCOMPLIANT, "noncompliant", Severity.HIGH),
        (Compliance.IN_GRACE_PERIOD, "in-grace-period", Severity.MEDIUM),
        (Compliance.ERROR, "compliance-error", Severity.MEDIUM),
        (Compliance.CONFLICT, "compliance-conflict", Severity.MEDIUM),
    ],
)
def test_every_word_but_compliant_fails_also_where_the_policies_are_not_known(
    word: Compliance, reason: str, severity: Severity
) -> None:
    for policies in (known(()), NOT_READ, known((state(IN_FORCE),))):
        finding = judged(compliant, a_device(compliance=known(word), policies=policies))
        assert (finding.verdict, finding.reason) == (FAIL, reason)
        assert finding.severity is severity


@pytest.mark.parametrize(
    "gap", [NOT_TOLD, ODD, Unknown("compliance-unknown", "it has not judged it")]
)
def test_a_compliance_that_is_not_told_is_not_known_whatever_policies_there_are(
    gap: Unknown,
) -> None:
    for policies in (known(()), NOT_READ, known((state(IN_FORCE),))):
        finding = judged(compliant, a_device(compliance=gap, policies=policies))
        assert (finding.verdict, finding.reason) == (UNKNOWN, gap.reason)


def test_compliant_passes_only_with_the_proof_that_a_policy_judged_it() -> None:
    assert judged(compliant, a_device()).verdict is PASS
    finding = judged(compliant, a_device(policies=known(())))
    assert (finding.verdict, finding.reason) == (FAIL, "no-policy")
    assert finding.severity is Severity.HIGH
    finding = judged(compliant, a_device(policies=NOT_READ))
    assert (finding.verdict, finding.reason) == (UNKNOWN, "not-read")


def test_a_policy_that_is_not_assigned_or_not_for_an_ipad_judges_nothing() -> None:
    aside = state(NOT_APPLIED, "Windows policy")
    finding = judged(compliant, a_device(policies=known((aside, aside))))
    assert (finding.verdict, finding.reason) == (FAIL, "no-policy")
    finding = judged(compliant, a_device(policies=known((aside, state(IN_FORCE, "iPads")))))
    assert finding.verdict is PASS


def test_a_policy_in_error_fails_whatever_the_device_is_called() -> None:
    held, failed = state(IN_FORCE, "one"), state(ProfileState.FAILED, "other")
    silent = Profile("third", NOT_TOLD)
    finding = judged(compliant, a_device(policies=known((held, silent, failed))))
    assert (finding.verdict, finding.reason) == (FAIL, "policy-failed")


@pytest.mark.parametrize("gap", [NOT_TOLD, ODD])
def test_a_policy_that_does_not_say_how_it_stands_proves_nothing(gap: Unknown) -> None:
    silent = Profile("iPads", gap)
    for other in (state(NOT_APPLIED, "Windows"), state(IN_FORCE, "other")):
        for policies in ((other, silent), (silent, other)):
            finding = judged(compliant, a_device(policies=known(policies)))
            assert (finding.verdict, finding.reason) == (UNKNOWN, gap.reason)
            assert finding.because == gap.why


@pytest.mark.parametrize(
    ("profiles", "verdict", "reason"),
    [
        ((SINGLE_APP,), PASS, ""),
        ((state(FAILED, "Wi-Fi"), SINGLE_APP), PASS, ""),
        ((SINGLE_APP, state(NOT_APPLIED)), PASS, ""),  # one row for the user, one for the iPad
        ((), FAIL, "profile-missing"),
        ((state(IN_FORCE, "Wi-Fi"),), FAIL, "profile-missing"),
        ((state(IN_FORCE, NAME.lower()),), FAIL, "profile-missing"),
        ((state(NOT_APPLIED),), FAIL, "profile-missing"),
        ((state(FAILED),), FAIL, "profile-error"),
        ((SINGLE_APP, state(FAILED)), FAIL, "profile-error"),
        ((Profile(NAME, NOT_TOLD), state(FAILED)), FAIL, "profile-error"),
        ((state(FAILED), Profile(NAME, ODD)), FAIL, "profile-error"),
        ((Profile(NAME, NOT_TOLD),), UNKNOWN, "not-told"),
        ((Profile(NAME, ODD),), UNKNOWN, "unknown-value"),
        ((SINGLE_APP, Profile(NAME, NOT_TOLD)), UNKNOWN, "not-told"),
        ((Profile(NAME, ODD), state(NOT_APPLIED)), UNKNOWN, "unknown-value"),
        ((SINGLE_APP, Profile("Wi-Fi", NOT_TOLD)), PASS, ""),
    ],
)
def test_the_single_app_profile_must_be_in_force_and_nowhere_in_error(
    profiles: tuple[Profile, ...], verdict: Verdict, reason: str
) -> None:
    finding = judged(single_app, a_device(profiles=known(profiles)))
    assert (finding.verdict, finding.reason) == (verdict, reason)


def test_profiles_that_were_not_read_hide_the_single_app_profile() -> None:
    finding = judged(single_app, a_device(profiles=NOT_READ))
    assert (finding.verdict, finding.reason) == (UNKNOWN, "not-read")


@pytest.mark.parametrize(
    "apps",
    [
        (ZOOM,),
        (App("Zoom for Intune", "6.5"), ZOOM),
        (App("settings", "1"), App("COMPANY PORTAL", ""), App("Microsoft Authenticator", "6")),
        (App("Anything", "1", "us.zoom.videomeetings"),),
    ],
)
def test_zoom_and_the_apps_of_the_baseline_belong(apps: tuple[App, ...]) -> None:
    assert judged(only_ours, a_device(apps=known(apps))).verdict is PASS


@pytest.mark.parametrize("check", [only_ours, zoom_app], ids=lambda check: str(check.name))
def test_no_app_at_all_is_no_inventory_and_proves_nothing(check: Check[Any]) -> None:
    """Every iPad has apps of its own: an empty list says that nobody looked."""
    finding = judged(check, a_device(apps=known(())))
    assert (finding.verdict, finding.reason, finding.value) == (UNKNOWN, "not-told", "")
    assert finding.because == f"{MDM} has no inventory of its apps"


def test_every_other_app_is_named_once_in_order() -> None:
    apps = (App("Tetris", "1"), ZOOM, App("Chess", "1"), App("Chess", "2"))
    finding = judged(only_ours, a_device(apps=known(apps)))
    assert (finding.verdict, finding.reason) == (FAIL, "extra-app")
    assert (finding.value, finding.severity) == ("Chess, Tetris", Severity.HIGH)


def test_a_stranger_by_its_bundle_does_not_pass_by_the_name_of_zoom() -> None:
    false = App("Zoom Workplace", "9.9", "com.example.false")
    assert judged(only_ours, a_device(apps=known((false,)))).reason == "extra-app"
    assert judged(zoom_app, a_device(apps=known((false,)))).reason == "app-missing"


@pytest.mark.parametrize("check", [only_ours, zoom_app], ids=lambda check: str(check.name))
def test_apps_that_were_not_read_are_not_known(check: Check[Any]) -> None:
    for gap in (NOT_READ, NOT_TOLD):
        finding = judged(check, a_device(apps=gap))
        assert (finding.verdict, finding.reason) == (UNKNOWN, gap.reason)


@pytest.mark.parametrize(
    ("apps", "verdict", "reason", "value"),
    [
        ((App("Zoom Workplace", "6.4.0"),), PASS, "", ""),
        ((App("Zoom Workplace", "6.4"),), PASS, "", ""),
        ((App("ZOOM Cloud Meetings", "6.10.1 (9)"),), PASS, "", ""),
        ((ZOOM, App("Zoom for Intune", "1")), PASS, "", ""),
        ((App("Zoom Workplace", "6.3.99"),), FAIL, "app-too-old", "6.3.99"),
        ((ZOOM, App("Zoom Workplace", "5.0")), FAIL, "app-too-old", "5.0"),
        ((), UNKNOWN, "not-told", ""),
        ((App("Settings", "1"),), FAIL, "app-missing", ""),
        ((App("Zoom for Intune", "7"),), FAIL, "app-wrong-bundle", "Zoom for Intune"),
        ((App("Settings", "1"), App("Zoom Workplace for Intune", "7")), FAIL,
         "app-wrong-bundle", "Zoom Workplace for Intune"),
        ((App("Zoom Workplace", ""),), UNKNOWN, "unknown-value", ""),
        ((App("Zoom Workplace", "six"),), UNKNOWN, "unknown-value", ""),
        ((ZOOM, App("ZOOM Cloud Meetings", "?")), UNKNOWN, "unknown-value", ""),
        ((ZOOM, App("Settings", "?"), App("Zoom for Intune", "?")), PASS, "", ""),
    ],
)  # fmt: skip
def test_zoom_is_the_right_app_and_new_enough(
    apps: tuple[App, ...], verdict: Verdict, reason: str, value: str
) -> None:
    finding = judged(zoom_app, a_device(apps=known(apps)))
    assert (finding.verdict, finding.reason, finding.value) == (verdict, reason, value)


def test_a_version_that_cannot_be_read_does_not_hide_another_that_is_too_old() -> None:
    apps = (App("Zoom Workplace", "next"), App("Zoom Workplace", "5.0"))
    finding = judged(zoom_app, a_device(apps=known(apps)))
    assert (finding.verdict, finding.reason) == (FAIL, "app-too-old")
