"""Faults in what a device told beside its record: compliance, profiles, apps, SIM."""

from connectors.sandbox.chance import luhn
from connectors.sandbox.devices import POLICY, SINGLE_APP, ZOOM, app
from connectors.sandbox.faults.fault import (
    Fault,
    Target,
    app_gone,
    app_there,
    app_version,
    both,
    days_from_now,
    fails,
    no_policy,
    no_profile,
    policy,
    profile,
    sets,
    slots,
    unknown,
)

COMPLIANCE = slots("compliance")
PROFILE = slots("profile")
ZOOM_APP = slots("zoom")
SIM = slots("sim")
OTHER_BUNDLE = "Zoom Workplace for Intune"


def _vendor(name: str, verdict: str | None, state: str, why: str) -> Fault:
    says_no = why in (
        "noncompliant",
        "in-grace-period",
        "compliance-error",
        "compliance-conflict",
    )
    rows = (fails if says_no else unknown)("policy.compliant", why)
    return Fault(name, COMPLIANCE, policy(POLICY, state, complianceState=verdict), rows)


def _profile(name: str, state: str | None, why: str) -> Fault:
    rows = (fails if why.startswith("profile") else unknown)("device.single-app", why)
    return Fault(name, PROFILE, profile(SINGLE_APP, state), rows)


def _another_sim(target: Target) -> str:
    return luhn(f"894411{target.ipad.index:011d}9")


DETAIL: tuple[Fault, ...] = (
    _vendor("noncompliant", "noncompliant", "nonCompliant", "noncompliant"),
    Fault(
        "in-grace-period",
        COMPLIANCE,
        policy(
            POLICY,
            "nonCompliant",
            complianceState="inGracePeriod",
            complianceGracePeriodExpirationDateTime=days_from_now(2),
        ),
        fails("policy.compliant", "in-grace-period"),
    ),
    _vendor("compliance-error", "error", "error", "compliance-error"),
    _vendor("compliance-conflict", "conflict", "conflict", "compliance-conflict"),
    _vendor("compliance-unknown", "unknown", "unknown", "compliance-unknown"),
    _vendor("compliance-config-manager", "configManager", "unknown", "unknown-value"),
    _vendor("compliance-new-enum", "unknownFutureValue", "unknown", "unknown-value"),
    _vendor("compliance-null", None, "compliant", "not-told"),
    Fault("no-policy", COMPLIANCE, no_policy(POLICY), fails("policy.compliant", "no-policy")),
    Fault(
        "profile-missing",
        PROFILE,
        no_profile(SINGLE_APP),
        fails("device.single-app", "profile-missing"),
    ),
    _profile("profile-not-applicable", "notApplicable", "profile-missing"),
    _profile("profile-error", "error", "profile-error"),
    _profile("profile-conflict", "conflict", "profile-error"),
    _profile("profile-state-unknown", "unknown", "not-told"),
    _profile("profile-state-null", None, "not-told"),
    _profile("profile-new-state", "unknownFutureValue", "unknown-value"),
    Fault(
        "extra-app",
        slots("extra app"),
        app_there(app("Snapfish Photo Share", "12.4.1")),
        fails("apps.only-ours", "extra-app"),
    ),
    Fault("zoom-missing", ZOOM_APP, app_gone(ZOOM), fails("app.zoom", "app-missing")),
    Fault(
        "zoom-wrong-bundle",
        ZOOM_APP,
        both(app_gone(ZOOM), app_there(app(OTHER_BUNDLE, "6.5.3"))),
        fails("app.zoom", "app-wrong-bundle"),
    ),
    Fault(
        "zoom-too-old",
        ZOOM_APP,
        app_version(ZOOM, "6.3.11"),
        fails("app.zoom", "app-too-old"),
    ),
    Fault(
        "zoom-version-unparsable",
        ZOOM_APP,
        app_version(ZOOM, "latest"),
        unknown("app.zoom", "unknown-value"),
    ),
    Fault("changed-sim", SIM, sets(iccid=_another_sim), fails("sim.registered", "sim-changed")),
    Fault("sim-null", SIM, sets(iccid=None), unknown("sim.registered", "not-told")),
    Fault("sim-empty", SIM, sets(iccid=""), unknown("sim.registered", "not-told")),
)
