"""What a perfect sweep finds: put together from the catalogue alone, never by the agent's code.

One iPad, one or two faults. Each brings its own rows; one that hides makes other checks
unknown, each for the reason that it declares.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.sandbox.faults.fault import UNKNOWN, About, Fault, Hides, Row, another
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.baseline import EXPECTED, LOCKED, NEED_A_LICENCE

TOLD_BY_DEVICE = (
    "device.supervised",
    "device.untampered",
    "os.minimum",
    "policy.compliant",
    "device.single-app",
    "apps.only-ours",
    "app.zoom",
    "sim.registered",
)
KEPT_BY_SERVER = (
    "device.an-ipad",
    "device.managed",
    "device.same-enrolment",
    "device.checked-in",
    "account.assigned",
    "certificate.management",
)
NEEDS_ONE_RECORD = KEPT_BY_SERVER + TOLD_BY_DEVICE
ZOOM_SETTINGS = tuple(f"zoom.setting.{path}" for path in EXPECTED)
ZOOM_LOCKS = tuple(f"zoom.lock.{path}" for path in LOCKED)
NEEDS_A_ZOOM_ID = (
    "zoom.licensed",
    "zoom.neutral-name",
    "zoom.one-group",
    *ZOOM_SETTINGS,
    "zoom.no-recordings",
    "zoom.no-transcripts",
    *ZOOM_LOCKS,
    "zoom.no-summaries",
    "zoom.no-contacts",
    "zoom.allow-lists",
    "zoom.sign-ins",
    "zoom.version",
)
NEEDS_A_ZOOM_ACCOUNT = ("zoom.active", *NEEDS_A_ZOOM_ID)
HIDDEN_BY: Mapping[Hides, tuple[str, ...]] = {
    Hides.NOTHING: (),
    Hides.TOLD_LONG_AGO: TOLD_BY_DEVICE,
    Hides.NO_RECORD: NEEDS_ONE_RECORD,
    Hides.SEVERAL_RECORDS: NEEDS_ONE_RECORD,
    Hides.NO_LICENCE: tuple(f"zoom.setting.{path}" for path in NEED_A_LICENCE),
    Hides.CONSENT_MISSING: ("zoom.no-contacts",),
    Hides.CONSENT_LAPSED: ("zoom.no-contacts",),
    Hides.SUMMARIES_RESTRICTED: ("zoom.no-summaries",),
    Hides.NO_ZOOM_ID: NEEDS_A_ZOOM_ID,
    Hides.NO_ZOOM_ACCOUNT: NEEDS_A_ZOOM_ACCOUNT,
}
"""From weak to strong: what a later one hides is hidden for its reason."""

STRENGTH = list(HIDDEN_BY)
LETS_BAD_NEWS_STAND = (Hides.TOLD_LONG_AGO,)


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault where it was planted. `subject` is the asset tag, or that of a stranger."""

    fault: Fault
    subject: str
    serial: str
    establishment: str
    device_id: str


def rows(planted: Sequence[Planted], everywhere: Sequence[Planted] = ()) -> list[Json]:
    """Every finding on one subject with these faults, and those that strike all iPads."""
    asset = _asset_rows((*planted, *everywhere))
    elsewhere = [
        (_stranger(one, row), row, [one.fault.name])
        for one in planted
        for row in one.fault.rows
        if row.about is not About.ASSET
    ]
    return [
        {
            "subject": subject["subject"],
            "serial": subject["serial"],
            "establishment": subject["establishment"],
            "check": row.check,
            "verdict": row.verdict,
            "reason": row.reason,
            "faults": names,
        }
        for subject, row, names in (*asset, *elsewhere)
    ]


def faults(planted: Sequence[Planted]) -> Iterator[Json]:
    """What was planted on one subject, and which checks each of them touches."""
    for one in planted:
        own = [row.check for row in one.fault.rows]
        yield {
            "name": one.fault.name,
            "subject": one.subject,
            "serial": one.serial,
            "paired": len(planted) > 1,
            "checks": list(dict.fromkeys((*own, *HIDDEN_BY[one.fault.hides]))),
        }


def _asset_rows(planted: Sequence[Planted]) -> Iterator[tuple[Json, Row, list[str]]]:
    found = {
        row.check: (row, [one.fault.name])
        for one in planted
        for row in one.fault.rows
        if row.about is About.ASSET
    }
    for hider in sorted(planted, key=lambda one: STRENGTH.index(one.fault.hides)):
        hides = hider.fault.hides
        for check in HIDDEN_BY[hides]:
            row, names = found.get(check, (None, []))
            if row is None or hides not in LETS_BAD_NEWS_STAND:
                names = list(dict.fromkeys((hider.fault.name, *names)))
                found[check] = (Row(check, UNKNOWN, hides.value), names)
    for row, names in found.values():
        yield _subject(planted[0]), row, names


def _subject(one: Planted) -> Json:
    return {
        "subject": one.subject,
        "serial": one.serial,
        "establishment": one.establishment,
    }


def _stranger(one: Planted, row: Row) -> Json:
    if row.about is About.SERIAL:
        return {"subject": f"serial/{one.serial}", "serial": one.serial, "establishment": ""}
    if row.about is About.ANOTHER:
        subject = f"serial/{another(one.serial)}"
        return {"subject": subject, "serial": one.serial, "establishment": ""}
    return {"subject": f"device/{one.device_id}", "serial": "", "establishment": ""}
