"""Faults in one field of the device's record.

Intune itself keeps management, account, check-in and certificate; supervision, system and
tampering it has from the device.
"""

from connectors.sandbox.chance import guid
from connectors.sandbox.faults.fault import (
    Fault,
    Hides,
    Target,
    days_from_now,
    fails,
    lacks,
    sets,
    slots,
    unknown,
)
from connectors.sandbox.wire import NEVER

OLD = Hides.TOLD_LONG_AGO


def _another_account(target: Target) -> str:
    return f"visitor{target.ipad.index:04d}@ipads.example"


def _another_user(target: Target) -> str:
    return guid(target.records.estate.seed, "visitor", target.ipad.index)


MANAGEMENT = slots("management")
SUPERVISION = slots("supervision")
ACCOUNT = slots("account")
CHECK_IN = slots("check-in")
SYSTEM = slots("system")
TAMPERING = slots("tampering")
CERTIFICATE = slots("certificate")


def _management(name: str, state: str | None, why: str) -> Fault:
    rows = fails if why == "not-managed" else unknown
    return Fault(name, MANAGEMENT, sets(managementState=state), rows("device.managed", why))


def _checked_in(name: str, value: object, why: str, hides: Hides = OLD) -> Fault:
    rows = unknown if why == "not-told" else fails
    edits = sets(lastSyncDateTime=value)
    return Fault(name, CHECK_IN, edits, rows("device.checked-in", why), hides)


def _system(name: str, version: str | None, why: str) -> Fault:
    rows = fails if why == "os-too-old" else unknown
    return Fault(name, SYSTEM, sets(osVersion=version), rows("os.minimum", why))


def _tampering(name: str, value: str | None) -> Fault:
    rows = unknown("device.untampered", "not-told")
    return Fault(name, TAMPERING, sets(jailBroken=value), rows)


def _certificate(name: str, value: object, why: str) -> Fault:
    rows = unknown if why == "not-told" else fails
    edits = sets(managementCertificateExpirationDate=value)
    return Fault(name, CERTIFICATE, edits, rows("certificate.management", why))


DEVICE: tuple[Fault, ...] = (
    _management("retire-pending", "retirePending", "not-managed"),
    _management("wipe-pending", "wipePending", "not-managed"),
    _management("management-unhealthy", "unhealthy", "not-managed"),
    _management("management-null", None, "not-told"),
    _management("management-new-enum", "unknownFutureValue", "unknown-value"),
    Fault(
        "unsupervised",
        SUPERVISION,
        sets(isSupervised=False),
        fails("device.supervised", "not-supervised"),
    ),
    Fault(
        "supervision-null",
        SUPERVISION,
        sets(isSupervised=None),
        unknown("device.supervised", "not-told"),
    ),
    Fault(
        "supervision-absent",
        SUPERVISION,
        lacks("isSupervised"),
        unknown("device.supervised", "not-told"),
    ),
    Fault(
        "wrong-account",
        ACCOUNT,
        sets(
            userPrincipalName=_another_account,
            emailAddress=_another_account,
            userId=_another_user,
        ),
        fails("account.assigned", "wrong-account"),
    ),
    Fault(
        "no-account",
        ACCOUNT,
        sets(userPrincipalName="", emailAddress="", userDisplayName="", userId=""),
        fails("account.assigned", "no-account"),
    ),
    Fault(
        "account-null",
        ACCOUNT,
        sets(userPrincipalName=None),
        unknown("account.assigned", "not-told"),
    ),
    Fault(
        "account-absent",
        ACCOUNT,
        lacks("userPrincipalName"),
        unknown("account.assigned", "not-told"),
    ),
    _checked_in("stale-check-in", days_from_now(-10), "stale", Hides.NOTHING),
    _checked_in("very-stale-check-in", days_from_now(-45), "stale"),
    _checked_in("never-checked-in", NEVER, "never-checked-in"),
    _checked_in("check-in-null", None, "not-told"),
    _system("old-os", "16.7.11", "os-too-old"),
    _system("os-null", None, "not-told"),
    _system("os-unparsable", "iPadOS (unknown build)", "unknown-value"),
    Fault(
        "jailbroken",
        TAMPERING,
        sets(jailBroken="True"),
        fails("device.untampered", "tampered"),
    ),
    _tampering("jailbreak-unknown", "Unknown"),
    _tampering("jailbreak-empty", ""),
    _tampering("jailbreak-null", None),
    _certificate("certificate-expiring", days_from_now(12), "certificate-expiring"),
    _certificate("certificate-expired", days_from_now(-3), "certificate-expired"),
    _certificate("certificate-null", None, "not-told"),
)
