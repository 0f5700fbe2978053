"""Intune's records in our words. Each field stands alone: one odd field hides only itself.

Names and values are those of `managedDevice`, `deviceConfigurationState`,
`deviceCompliancePolicyState` and `detectedApp` in Microsoft Graph v1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from agent.domain.device import Compliance, Device, Management, Profile, ProfileState
from agent.domain.facts import NEVER, Fact, Known, Unknown

T = TypeVar("T")

SOURCE = "Microsoft Intune"
NOT_TOLD = Unknown("not-told", f"{SOURCE} does not say")
LONGEST_TEXT = 200  # characters
SETTLING = timedelta(hours=1)  # until the first inventory, isSupervised may read false

MANAGEMENT: Mapping[str, Management] = {
    "managed": Management.MANAGED,
    "retirePending": Management.LEAVING,
    "retireFailed": Management.LEAVING,
    "retireIssued": Management.LEAVING,
    "retireCanceled": Management.LEAVING,
    "wipePending": Management.LEAVING,
    "wipeFailed": Management.LEAVING,
    "wipeIssued": Management.LEAVING,
    "wipeCanceled": Management.LEAVING,
    "deletePending": Management.LEAVING,
    "unhealthy": Management.UNHEALTHY,
    "discovered": Management.DISCOVERED,
}
COMPLIANCE: Mapping[str, Compliance | Unknown] = {
    "compliant": Compliance.COMPLIANT,
    "noncompliant": Compliance.NONCOMPLIANT,
    "inGracePeriod": Compliance.IN_GRACE_PERIOD,
    "error": Compliance.ERROR,
    "conflict": Compliance.CONFLICT,
    "unknown": Unknown("compliance-unknown", f"{SOURCE} has not judged it: unknown"),
}
STATES: Mapping[str, ProfileState | Unknown] = {
    "compliant": ProfileState.IN_FORCE,
    "remediated": ProfileState.IN_FORCE,
    "nonCompliant": ProfileState.FAILED,
    "error": ProfileState.FAILED,
    "conflict": ProfileState.FAILED,
    "notApplicable": ProfileState.NOT_APPLIED,
    "notAssigned": ProfileState.NOT_APPLIED,
    "unknown": NOT_TOLD,
}
TAMPERED: Mapping[str, bool | Unknown] = {
    "true": True,
    "false": False,
    "unknown": NOT_TOLD,
    "": NOT_TOLD,
}
BUILT_IN = frozenset({"Default Device Compliance Policy", "Built-in Device Compliance Policy"})
"""Listed for every device; they are no policy that somebody assigned."""


class DeviceRow(msgspec.Struct, rename="camel"):
    """A `managedDevice`. Any type is taken here; `Told` judges it. Absent reads as null."""

    id: Any = None
    serial_number: Any = None
    device_name: Any = None
    operating_system: Any = None
    model: Any = None
    enrollment_profile_name: Any = None
    management_state: Any = None
    is_supervised: Any = None
    enrolled_date_time: Any = None
    last_sync_date_time: Any = None
    os_version: Any = None
    jail_broken: Any = None
    user_principal_name: Any = None
    compliance_state: Any = None
    management_certificate_expiration_date: Any = None
    iccid: Any = None


LISTED = [name for name in DeviceRow.__struct_encode_fields__ if name != "iccid"]


@dataclass(frozen=True, slots=True)
class Told:
    """One field as it came. `at` is when it was true on the device or in the MDM."""

    name: str
    raw: object
    at: datetime

    def known(self, value: T) -> Known[T]:
        return Known(value, SOURCE, self.at)

    def odd(self) -> Unknown:
        """A value that is not one we know; a word of the vendor's is kept for people."""
        word = self.raw if isinstance(self.raw, str) else type(self.raw).__name__
        return Unknown("unknown-value", f"{SOURCE} says {word[:40]!r} as {self.name}")

    def flag(self) -> Fact[bool]:
        if self.raw is None:
            return NOT_TOLD
        return self.known(self.raw) if isinstance(self.raw, bool) else self.odd()

    def text(self) -> Fact[str]:
        if self.raw is None:
            return NOT_TOLD
        if isinstance(self.raw, str) and plain(self.raw) == self.raw.strip():
            return self.known(plain(self.raw))
        return self.odd()

    def filled(self) -> Fact[str]:
        """As `text`, where an empty one says nothing."""
        text = self.text()
        return NOT_TOLD if isinstance(text, Known) and not text.value else text

    def word(self, words: Mapping[str, T | Unknown]) -> Fact[T]:
        if self.raw is None:
            return NOT_TOLD
        found = words.get(self.raw) if isinstance(self.raw, str) else None
        if found is None:
            return self.odd()
        return found if isinstance(found, Unknown) else self.known(found)

    def moment(self) -> Fact[datetime]:
        """UTC. Year 1 is NEVER; year 9999 means that there is no date."""
        if self.raw is None:
            return NOT_TOLD
        try:
            moment = datetime.fromisoformat(str(self.raw))
        except ValueError:
            return self.odd()
        if moment.year in (1, 9999):
            return self.known(NEVER) if moment.year == 1 else NOT_TOLD
        return self.known(moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC))

    def dated(self) -> Fact[datetime]:
        """As `moment`, where NEVER says nothing."""
        moment = self.moment()
        return NOT_TOLD if isinstance(moment, Known) and moment.value == NEVER else moment


def device(row: DeviceRow, now: datetime) -> Device:
    """What a list tells of one enrolment; the costly fields are NOT_ASKED."""
    last_seen = Told("last sync", row.last_sync_date_time, now).moment()
    enrolled_at = Told("enrolment", row.enrolled_date_time, now).dated()
    seen = last_seen.value if isinstance(last_seen, Known) else NEVER
    return Device(
        id=plain(row.id),
        serial=serial(row.serial_number),
        name=plain(row.device_name),
        enrolment_profile=plain(row.enrollment_profile_name),
        model=Told("model", row.model, now).filled(),
        management=Told("management state", row.management_state, now).word(MANAGEMENT),
        supervised=_supervised(Told("supervision", row.is_supervised, seen), enrolled_at, now),
        enrolled_at=enrolled_at,
        last_seen=last_seen,
        os_version=Told("system version", row.os_version, seen).filled(),
        tampered=Told("jailbreak", _lower(row.jail_broken), seen).word(TAMPERED),
        account=Told("account", _lower(row.user_principal_name), now).text(),
        compliance=Told("compliance", row.compliance_state, seen).word(COMPLIANCE),
        certificate_expires=Told(
            "certificate's end", row.management_certificate_expiration_date, now
        ).dated(),
    )


def profile(name: object, state: object, at: datetime) -> Profile:
    """A configuration or compliance state of one device."""
    return Profile(plain(name), Told("profile state", state, at).word(STATES))


def iccid(raw: object, at: datetime) -> Fact[str]:
    """Of a record asked for by id: in a list it is always null."""
    return Told("SIM", raw.replace(" ", "") if isinstance(raw, str) else raw, at).filled()


def serial(raw: object) -> str:
    """Upper case, without spaces; empty where there is none (also a string of noughts)."""
    told = "".join(plain(raw).split()).upper()
    return told if told.strip("0") else ""


def plain(raw: object) -> str:
    """Printable characters only, and not too many: it goes to screens, files and mails."""
    if not isinstance(raw, str):
        return ""
    kept = (one if one.isprintable() else " " if one.isspace() else "" for one in raw)
    return "".join(kept).strip()[:LONGEST_TEXT]


def _supervised(told: Told, enrolled_at: Fact[datetime], now: datetime) -> Fact[bool]:
    fact = told.flag()
    fresh = isinstance(enrolled_at, Known) and enrolled_at.value > now - SETTLING
    if fresh and isinstance(fact, Known) and not fact.value:
        return Unknown("just-enrolled", "enrolled within the hour; its inventory is not in yet")
    return fact


def _lower(raw: object) -> object:
    return raw.lower() if isinstance(raw, str) else raw
