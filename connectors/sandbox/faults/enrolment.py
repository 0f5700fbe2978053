"""Faults of the enrolment itself: which records of an iPad there are, and how many.

All of it is kept by the server, so nothing here goes stale.
"""

from collections.abc import Sequence

from connectors.sandbox.faults.fault import (
    FAIL,
    UNKNOWN,
    About,
    Fault,
    Hides,
    Row,
    Target,
    another,
    fails,
    sets,
    slots,
    unknown,
)
from connectors.sandbox.records import DEVICES, Edit

SECOND = Row("device.one-record", FAIL, "duplicate-serial")
AGAIN = Row("device.same-enrolment", FAIL, "enrolled-again")
STANDS_IN = (
    Row("device.serial", FAIL, "serial-differs"),
    Row("register.listed", FAIL, "not-on-register", About.ANOTHER),
)


def _gone(target: Target) -> Sequence[Edit]:
    return (Edit(DEVICES, target.device_id, drop=True),)


def _stranger(target: Target) -> Sequence[Edit]:
    record = target.record(
        deviceName="iPad", notes=None, deviceCategoryDisplayName="Unassigned"
    )
    return (Edit(DEVICES, target.device_id, whole=record),)


def _replaced(target: Target) -> Sequence[Edit]:
    """Its name and its account are on another iPad; the record of its own is gone."""
    return sets(serialNumber=another(target.ipad.serial))(target)


def _replaced_beside(target: Target) -> Sequence[Edit]:
    """The same, and its own record is still there, not seen since."""
    edit = _again(target)
    record = {**(edit.whole or {}), "serialNumber": another(target.ipad.serial)}
    own = {"lastSyncDateTime": target.ago(days=2)}
    return (
        Edit(DEVICES, target.device_id, set=own),
        Edit(DEVICES, edit.key, whole=record),
    )


def _duplicate(target: Target) -> Sequence[Edit]:
    """Newest by enrolment, but not by check-in: nobody can say which one it is."""
    first = {"lastSyncDateTime": target.ago(hours=2)}
    second = target.record(
        id=target.next_id,
        enrolledDateTime=target.ago(days=3),
        lastSyncDateTime=target.ago(days=2),
    )
    return (
        Edit(DEVICES, target.device_id, set=first),
        Edit(DEVICES, target.next_id, whole=second),
    )


def _again(target: Target) -> Edit:
    record = target.record(
        id=target.next_id,
        enrolledDateTime=target.ago(hours=26),
        lastSyncDateTime=target.ago(hours=1),
    )
    return Edit(DEVICES, target.next_id, whole=record)


def _re_enrolled(target: Target) -> Sequence[Edit]:
    return (Edit(DEVICES, target.ipad.device_id, drop=True), _again(target))


def _old_record_left(target: Target) -> Sequence[Edit]:
    """Newest in both times, so the newer record is the iPad."""
    old = {"lastSyncDateTime": target.ago(days=2)}
    return (Edit(DEVICES, target.ipad.device_id, set=old), _again(target))


def _minutes_ago(minutes: float) -> object:
    return lambda target: target.ago(minutes=minutes)


ENROLMENT: tuple[Fault, ...] = (
    Fault(
        "not-enrolled",
        slots("enrolment"),
        _gone,
        fails("device.enrolled", "not-enrolled"),
        Hides.NO_RECORD,
    ),
    Fault(
        "serial-missing",
        slots("enrolment"),
        sets(serialNumber=""),
        (
            Row("device.enrolled", FAIL, "not-enrolled"),
            Row("register.listed", FAIL, "not-on-register", About.DEVICE),
        ),
        Hides.NO_RECORD,
    ),
    Fault(
        "unknown-device",
        slots("enrolment"),
        _stranger,
        (Row("register.listed", FAIL, "not-on-register", About.SERIAL),),
        stranger=True,
    ),
    Fault(
        "duplicate-serial",
        slots("enrolment", "check-in"),
        _duplicate,
        (SECOND,),
        Hides.SEVERAL_RECORDS,
    ),
    Fault(
        "replaced",
        slots("enrolment"),
        _replaced,
        (Row("device.enrolled", FAIL, "not-enrolled"), *STANDS_IN),
        Hides.NO_RECORD,
    ),
    Fault("replaced-beside", slots("enrolment", "check-in"), _replaced_beside, STANDS_IN),
    Fault("re-enrolled", slots("enrolment"), _re_enrolled, (AGAIN,), moves=True),
    Fault(
        "re-enrolled-old-record-left",
        slots("enrolment", "check-in"),
        _old_record_left,
        (SECOND, AGAIN),
        moves=True,
    ),
    Fault(
        "just-enrolled",
        slots("enrolment", "check-in", "supervision"),
        sets(
            enrolledDateTime=_minutes_ago(20),
            lastSyncDateTime=_minutes_ago(15),
            isSupervised=False,
        ),
        (AGAIN, Row("device.supervised", UNKNOWN, "just-enrolled")),
    ),
    Fault(
        "enrolment-null",
        slots("enrolment", "supervision"),
        sets(enrolledDateTime=None),
        unknown("device.same-enrolment", "not-told"),
    ),
)
