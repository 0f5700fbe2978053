"""What a fault is: the edits that make it, and the findings that it must bring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from connectors.sandbox.chance import guid
from connectors.sandbox.devices import managed_device
from connectors.sandbox.estate import Ipad
from connectors.sandbox.records import DEVICES, INSTALLED, POLICIES, PROFILES, Edit, Records
from connectors.sandbox.wire import Json, stamp

FAIL = "fail"
UNKNOWN = "unknown"


class About(Enum):
    """Whom a row speaks of: an asset of the register, or a device that is not on it."""

    ASSET = "asset"
    SERIAL = "serial"
    ANOTHER = "another serial"
    DEVICE = "device"


class Hides(Enum):
    """What nobody can tell any more. The value is the reason that the rest is unknown for."""

    NOTHING = ""
    NO_RECORD = "not-enrolled"
    SEVERAL_RECORDS = "several-records"
    TOLD_LONG_AGO = "stale"
    NO_ZOOM_ACCOUNT = "zoom-no-account"
    NO_ZOOM_ID = "zoom-pending"
    NO_LICENCE = "not-told"
    CONSENT_MISSING = "consent-missing"
    CONSENT_LAPSED = "consent-lapsed"
    SUMMARIES_RESTRICTED = "summaries-restricted"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding: check, verdict, reason."""

    check: str
    verdict: str
    reason: str
    about: About = About.ASSET


@dataclass(frozen=True, slots=True)
class Target:
    """Where a fault strikes: `device_id` is the enrolment that counts for this iPad now."""

    records: Records
    ipad: Ipad
    device_id: str

    @property
    def now(self) -> datetime:
        return self.records.estate.now

    @property
    def next_id(self) -> str:
        """The id of a second enrolment of this iPad."""
        return self.records.estate.another_id("enrolment", self.ipad.serial)

    def ago(self, **span: float) -> str:
        return stamp(self.now - timedelta(**span))

    def record(self, **fields: object) -> Json:
        """A copy of the healthy record with these fields."""
        return managed_device(self.records.estate, self.ipad) | fields

    def upon(self, name: str) -> str:
        """The key of the policy or profile of this name on this device."""
        return f"{self.device_id}/{guid(self.records.estate.seed, name)}"


Edits = Callable[[Target], Sequence[Edit]]


def another(serial: str) -> str:
    """A serial that no register has, and that always stands in for this one."""
    return f"F9KX{serial[4:]}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Two faults that share a slot are never on one iPad. `moves`: a new enrolment counts."""

    name: str
    slots: frozenset[str]
    edits: Edits
    rows: Sequence[Row]
    hides: Hides = Hides.NOTHING
    moves: bool = False
    stranger: bool = False  # strikes no iPad of the register, brings a new one
    everywhere: bool = False  # strikes all of them at once
    in_plans: bool = True


def slots(*names: str) -> frozenset[str]:
    return frozenset(names)


def fails(check: str, reason: str) -> tuple[Row, ...]:
    return (Row(check, FAIL, reason),)


def unknown(check: str, reason: str) -> tuple[Row, ...]:
    return (Row(check, UNKNOWN, reason),)


def sets(**fields: object) -> Edits:
    """The device's record gets these fields; a callable value is asked with the target."""

    def edits(target: Target) -> Sequence[Edit]:
        values = {
            name: value(target) if callable(value) else value for name, value in fields.items()
        }
        return (Edit(DEVICES, target.device_id, set=values),)

    return edits


def lacks(field: str) -> Edits:
    """The device's record has no such field."""
    return lambda target: (Edit(DEVICES, target.device_id, remove=(field,)),)


def profile(name: str, state: str | None) -> Edits:
    return lambda target: (Edit(PROFILES, target.upon(name), set={"state": state}),)


def no_profile(name: str) -> Edits:
    return lambda target: (Edit(PROFILES, target.upon(name), drop=True),)


def policy(name: str, state: str, **fields: object) -> Edits:
    """The vendor's verdict on the device and the state of the policy behind it."""

    def edits(target: Target) -> Sequence[Edit]:
        behind = Edit(POLICIES, target.upon(name), set={"state": state})
        return (behind, *sets(**fields)(target))

    return edits


def no_policy(name: str) -> Edits:
    return lambda target: (Edit(POLICIES, target.upon(name), drop=True),)


def app_gone(name: str) -> Edits:
    return lambda target: (Edit(INSTALLED, f"{target.device_id}/{name}", drop=True),)


def app_there(row: Json) -> Edits:
    return lambda target: (
        Edit(INSTALLED, f"{target.device_id}/{row['displayName']}", whole=row),
    )


def app_version(name: str, version: str) -> Edits:
    return lambda target: (
        Edit(INSTALLED, f"{target.device_id}/{name}", set={"version": version}),
    )


def both(*parts: Edits) -> Edits:
    return lambda target: tuple(edit for part in parts for edit in part(target))


def days_from_now(days: float) -> Callable[[Target], str]:
    return lambda target: stamp(target.now + timedelta(days=days))
