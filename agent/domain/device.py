"""One enrolment as one MDM tells it, in the words of no vendor."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.domain.facts import NEVER, NOT_ASKED, Fact, Known, Unknown


class Management(Enum):
    MANAGED = "managed"
    LEAVING = "retire or wipe pending"
    UNHEALTHY = "unhealthy"
    DISCOVERED = "discovered, not managed"


class Compliance(Enum):
    COMPLIANT = "compliant"
    NONCOMPLIANT = "noncompliant"
    IN_GRACE_PERIOD = "in grace period"
    ERROR = "error"
    CONFLICT = "conflict"


class ProfileState(Enum):
    """How a profile or a policy stands on one device."""

    IN_FORCE = "in force"
    FAILED = "failed"
    NOT_APPLIED = "not applied"


@dataclass(frozen=True, slots=True)
class App:
    """An app found on the device. `bundle` is None where the MDM gives only the name."""

    name: str
    version: str
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A configuration profile or compliance policy that the MDM reports for the device.

    `state` is Unknown `not-told` or `unknown-value` where the MDM does not say how it stands.
    """

    name: str
    state: Fact[ProfileState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One enrolment; an iPad enrolled twice is two devices. All times are UTC.

    The fields from `apps` on cost a call for each device: a list leaves them `NOT_ASKED`.
    """

    id: str
    serial: str  # upper case, no spaces; empty where the MDM has none
    name: str
    enrolment_profile: str  # empty where the MDM has none
    model: Fact[str]  # "iPad (9th generation)"
    management: Fact[Management]
    supervised: Fact[bool]
    enrolled_at: Fact[datetime]
    last_seen: Fact[datetime]  # NEVER: enrolled, but it has not checked in since
    os_version: Fact[str]
    tampered: Fact[bool]
    account: Fact[str]  # lower case; empty: no user is assigned
    compliance: Fact[Compliance]
    certificate_expires: Fact[datetime]
    apps: Fact[tuple[App, ...]] = NOT_ASKED
    profiles: Fact[tuple[Profile, ...]] = NOT_ASKED
    policies: Fact[tuple[Profile, ...]] = NOT_ASKED
    iccid: Fact[str] = NOT_ASKED


@dataclass(frozen=True, slots=True)
class Tenant:
    """What holds for every device of this MDM."""

    unjudged_is_compliant: Fact[bool]  # a device with no policy counts as compliant
    policies: Fact[int]  # how many compliance policies exist


def current(records: tuple[Device, ...], source: str, at: datetime) -> Fact[Device]:
    """The record that is this iPad now.

    A wipe leaves the old record behind (facts on MDMs, trap 4), so the newest enrolment is
    taken where it is newest in both times; where the times contradict, nobody can say.
    """
    if not records:
        return Unknown("not-enrolled", f"no record in {source}")
    if len(records) == 1:
        return Known(records[0], source, at)
    newest = max(records, key=lambda device: _time(device.enrolled_at))
    if all(is_older(device, newest) for device in records if device is not newest):
        return Known(newest, source, at)
    return Unknown(
        "several-records",
        f"{len(records)} records of one serial in {source}, none clearly newer",
    )


def _time(fact: Fact[datetime]) -> datetime:
    return fact.value if isinstance(fact, Known) else NEVER


def is_older(old: Device, new: Device) -> bool:
    """In both times, and none of them is missing: what is not told may be newer."""
    pairs = ((old.enrolled_at, new.enrolled_at), (old.last_seen, new.last_seen))
    return all(isinstance(fact, Known) and fact.value < _time(than) for fact, than in pairs)
