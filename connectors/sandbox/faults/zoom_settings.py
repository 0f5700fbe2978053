"""Faults of the settings: of the user, of the group's locks, of the group's allow-lists."""

from collections.abc import Sequence

from connectors.sandbox.faults.fault import Edits, Fault, Target, fails, slots, unknown
from connectors.sandbox.records import Edit
from connectors.sandbox.zoom.baseline import ADDING, CHATTING
from connectors.sandbox.zoom.healthy import GROUP_LOCKS, GROUP_SETTINGS, SETTINGS

LISTS = slots("Zoom allow-lists")


def _wrong(name: str, path: str, value: object) -> Fault:
    def edits(target: Target) -> Sequence[Edit]:
        return (Edit(SETTINGS, target.ipad.zoom_user, set={path: value}),)

    rows = fails(f"zoom.setting.{path}", "setting-wrong")
    return Fault(name, slots(f"Zoom setting {path}"), edits, rows)


def _absent(name: str, path: str) -> Fault:
    def edits(target: Target) -> Sequence[Edit]:
        return (Edit(SETTINGS, target.ipad.zoom_user, remove=(path,)),)

    rows = unknown(f"zoom.setting.{path}", "not-told")
    return Fault(name, slots(f"Zoom setting {path}"), edits, rows)


def _unlocked(name: str, path: str) -> Fault:
    def edits(target: Target) -> Sequence[Edit]:
        return (Edit(GROUP_LOCKS, target.ipad.zoom_group, set={path: False}),)

    rows = fails(f"zoom.lock.{path}", "not-locked")
    return Fault(name, slots(f"Zoom lock {path}"), edits, rows)


def _no_lock(name: str, path: str) -> Fault:
    def edits(target: Target) -> Sequence[Edit]:
        return (Edit(GROUP_LOCKS, target.ipad.zoom_group, remove=(path,)),)

    rows = unknown(f"zoom.lock.{path}", "not-told")
    return Fault(name, slots(f"Zoom lock {path}"), edits, rows)


def _open(which: str, option: int, addresses: str = "") -> Edits:
    values = {"enable": True, "selected_option": option, "user_email_addresses": addresses}
    told = {f"{which}.{field}": value for field, value in values.items()}
    return lambda target: (Edit(GROUP_SETTINGS, target.ipad.zoom_group, set=told),)


def _list_absent(target: Target) -> Sequence[Edit]:
    gone = tuple(
        f"{ADDING}.{field}" for field in ("enable", "selected_option", "user_email_addresses")
    )
    return (Edit(GROUP_SETTINGS, target.ipad.zoom_group, remove=gone),)


ZOOM_SETTINGS: tuple[Fault, ...] = (
    _wrong("cloud-recording-on", "recording.cloud_recording", True),  # noqa: FBT003
    _wrong("local-recording-on", "recording.local_recording", True),  # noqa: FBT003
    _wrong("auto-recording-on", "recording.auto_recording", "cloud"),
    _wrong("waiting-room-off", "meeting_security.waiting_room", False),  # noqa: FBT003
    _wrong("chat-on", "in_meeting.chat", True),  # noqa: FBT003
    _wrong("file-transfer-on", "in_meeting.file_transfer", True),  # noqa: FBT003
    _wrong(
        "ai-summary-on",
        "in_meeting.meeting_summary_with_ai_companion",
        True,  # noqa: FBT003
    ),
    _absent("setting-absent", "in_meeting.remote_control"),
    _absent("waiting-room-absent", "meeting_security.waiting_room"),
    _unlocked("recording-unlocked", "recording.cloud_recording"),
    _unlocked("archive-unlocked", "recording.archive"),
    _unlocked("waiting-room-unlocked", "meeting_security.waiting_room"),
    _no_lock("lock-absent", "in_meeting.screen_sharing"),
    Fault(
        "allow-list-open-for-adding",
        LISTS,
        _open(ADDING, 1),
        fails("zoom.allow-lists", "allow-list-open"),
    ),
    Fault(
        "allow-list-open-for-chatting",
        LISTS,
        _open(CHATTING, 4, "someone@family.example"),
        fails("zoom.allow-lists", "allow-list-open"),
    ),
    Fault(
        "allow-list-absent",
        LISTS,
        _list_absent,
        unknown("zoom.allow-lists", "not-told"),
    ),
)
