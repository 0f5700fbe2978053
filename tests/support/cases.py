"""One iPad of the register, one record of an MDM, and what a check sees of both.

All that is built here is well: a test changes the one thing that it is about.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from agent.domain.asset import Asset
from agent.domain.check import AssetFacts, Case, Check, Finding, Verdict
from agent.domain.checks import CHECKS
from agent.domain.device import (
    App,
    Compliance,
    Device,
    Management,
    Profile,
    ProfileState,
    Tenant,
    current,
)
from agent.domain.facts import Fact, Known, Reading, Seen, Unknown, reading
from agent.domain.judgement import Evidence
from agent.policies import load_policy

T = TypeVar("T")

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
MDM = "an MDM"
POLICY = load_policy()
BASELINE = POLICY.baseline
NOT_TOLD = Unknown("not-told", f"{MDM} does not say")
ODD = Unknown("unknown-value", f"{MDM} says something odd")
NOT_READ = Unknown("not-read", f"{MDM} did not answer")
IN_FORCE = Known(ProfileState.IN_FORCE, MDM, NOW)
SINGLE_APP = Profile(BASELINE.single_app_profile, IN_FORCE)
ZOOM = App("Zoom Workplace", "6.5.1")


def known(value: T, at: datetime = NOW - HOUR) -> Known[T]:
    return Known(value, MDM, at)


def state(value: ProfileState, name: str = BASELINE.single_app_profile) -> Profile:
    return Profile(name, known(value))


def an_asset(number: int = 1, establishment: str = "MDI", **changes: Any) -> Asset:
    """The `number`th iPad, which the register knows in full."""
    name = f"{establishment.lower()}bt{number:03d}"
    asset = Asset(
        tag=f"K1000{number}",
        local_id=name.upper(),
        establishment=establishment,
        serial=f"DMPX{number:06d}",
        dom1_address=f"{name}@dom1.example",
        m365_user_id=f"{name}@ipads.example",
        apple_user_id=f"{name}@apple.example",
        sim_provider="O2",
        iccid=f"894411000000{number:07d}",
        enrolled_at=datetime(2026, 9, 1, 9, 30, tzinfo=UTC),
    )
    return replace(asset, **changes)


def a_device(
    asset: Asset | None = None, *, seen: datetime = NOW - HOUR, **changes: Any
) -> Device:
    """The record of a well iPad with all its details; what it told itself is of `seen`."""
    asset = asset or an_asset()
    device = Device(
        id=f"id-{asset.serial}",
        serial=asset.serial,
        name="iPad",
        enrolment_profile="",
        model=known("iPad (9th generation)", NOW),
        management=known(Management.MANAGED, NOW),
        supervised=known(True, seen),
        enrolled_at=known(datetime(2026, 9, 1, 9, 31, tzinfo=UTC), NOW),
        last_seen=known(seen, NOW),
        os_version=known("18.6.2", seen),
        tampered=known(False, seen),
        account=known(asset.m365_user_id, NOW),
        compliance=known(Compliance.COMPLIANT, seen),
        certificate_expires=known(NOW + 200 * DAY, NOW),
        apps=known((ZOOM, App("Settings", "1.0")), seen),
        profiles=known((SINGLE_APP,), seen),
        policies=known((state(ProfileState.IN_FORCE, "iPad policy"),), seen),
        iccid=known(asset.iccid, seen),
    )
    return replace(device, **changes)


def all_unknown(device: Device, gap: Unknown) -> Device:
    """The same record, of which nothing could be learnt."""
    fields = (
        "model", "management", "supervised", "enrolled_at", "last_seen", "os_version",
        "tampered", "account", "compliance", "certificate_expires", "apps", "profiles",
        "policies", "iccid",
    )  # fmt: skip
    gaps: dict[str, Any] = dict.fromkeys(fields, gap)
    return replace(device, **gaps)


def facts_of(*records: Device, asset: Asset | None = None) -> AssetFacts:
    """What a check sees where these are, for sure, all the records of the iPad."""
    told: Fact[tuple[Device, ...]] = known(records, NOW)
    return AssetFacts(
        asset=asset or an_asset(),
        baseline=BASELINE,
        seen=told,
        records=told,
        device=current(records, MDM, NOW),
        namesakes=known(Seen(()), NOW),
    )


def judged(check: Check[Any], *records: Device, asset: Asset | None = None) -> Finding:
    facts = facts_of(*records, asset=asset)
    return check.judge(facts, Case(facts.asset, BASELINE, NOW))


def verdicts(*records: Device, asset: Asset | None = None) -> dict[str, Finding]:
    """What every check says of these records."""
    return {check.name: judged(check, *records, asset=asset) for check in CHECKS}


def reasons(findings: dict[str, Finding]) -> dict[str, str]:
    """Check -> reason, of those that do not pass."""
    return {name: f.reason for name, f in findings.items() if f.verdict is not Verdict.PASS}


def a_list(*devices: Device, gap: str | None = None) -> Reading[Device]:
    return reading(MDM, NOW, devices, lambda device: device.serial, gap)


STRICT = Tenant(known(False, NOW), known(1, NOW))


def read(
    listed: Reading[Device],
    found: dict[str, Fact[tuple[Device, ...]]] | None = None,
    *details: Device,
    tenant: Tenant = STRICT,
) -> Evidence:
    """What one sweep read: the list, the direct look-ups, the details of some devices."""
    by_id = {device.id: device for device in details}
    return Evidence(listed=listed, found=found or {}, detailed=by_id, tenant=tenant)
