"""The settings of a healthy estate, by dotted path, and which of them are locked.

`meeting_security.*` is asked for with `option=meeting_security`; a user's body has no
`recording.archive` and no `chat.*`, a group's has both (facts on Zoom, section 4).
"""

from collections.abc import Mapping
from types import MappingProxyType

EXPECTED: Mapping[str, object] = MappingProxyType(
    {
        "recording.cloud_recording": False,
        "recording.local_recording": False,
        "recording.auto_recording": "none",
        "recording.recording_audio_transcript": False,
        "recording.smart_recording.create_recording_highlights": False,
        "recording.save_chat_text": False,
        "recording.allow_cmr_3rd_party_bot": False,
        "recording.upload_recording": False,
        "in_meeting.meeting_summary_with_ai_companion": False,
        "in_meeting.ai_companion_questions": False,
        "in_meeting.chat": False,
        "in_meeting.private_chat": False,
        "in_meeting.auto_saving_chat": False,
        "in_meeting.file_transfer": False,
        "in_meeting.screen_sharing": False,
        "in_meeting.annotation": False,
        "in_meeting.whiteboard": False,
        "in_meeting.remote_control": False,
        "in_meeting.remote_support": False,
        "in_meeting.far_end_camera_control": False,
        "in_meeting.allow_live_streaming": False,
        "in_meeting.co_host": False,
        "in_meeting.polling": False,
        "meeting_security.waiting_room": True,
        "schedule_meeting.join_before_host": False,
        "schedule_meeting.use_pmi_for_instant_meetings": False,
    }
)
NOT_LOCKED = (
    "recording.recording_audio_transcript",
    "recording.smart_recording.create_recording_highlights",
    "recording.save_chat_text",
    "recording.allow_cmr_3rd_party_bot",
    "recording.upload_recording",
    "in_meeting.meeting_summary_with_ai_companion",
    "in_meeting.ai_companion_questions",
    "schedule_meeting.use_pmi_for_instant_meetings",
)
ARCHIVE = "recording.archive"
LOCKED = (*(path for path in EXPECTED if path not in NOT_LOCKED), ARCHIVE)
SECURITY = "meeting_security."

NEED_A_LICENCE = (
    "recording.cloud_recording",
    "recording.recording_audio_transcript",
    "recording.smart_recording.create_recording_highlights",
    "recording.save_chat_text",
    "recording.allow_cmr_3rd_party_bot",
    "recording.upload_recording",
    "in_meeting.meeting_summary_with_ai_companion",
    "in_meeting.ai_companion_questions",
    "in_meeting.co_host",
    "in_meeting.polling",
    "in_meeting.allow_live_streaming",
)
"""A Basic user's settings have no such field."""

READ_ONLY = (
    "in_meeting.meeting_summary_with_ai_companion",
    "in_meeting.ai_companion_questions",
)
PARENTS: Mapping[str, str] = {
    "in_meeting.private_chat": "in_meeting.chat",
    "in_meeting.auto_saving_chat": "in_meeting.chat",
    "recording.recording_audio_transcript": "recording.cloud_recording",
    "recording.smart_recording.create_recording_highlights": "recording.cloud_recording",
    "recording.save_chat_text": "recording.cloud_recording",
    "recording.allow_cmr_3rd_party_bot": "recording.cloud_recording",
    "in_meeting.remote_control": "in_meeting.screen_sharing",
    "in_meeting.annotation": "in_meeting.screen_sharing",
}
"""A change of such a field is taken and forgotten while its parent is off."""

ADDING = "chat.allow_users_to_add_contacts"
CHATTING = "chat.allow_users_to_chat_with_others"
USUAL: Mapping[str, object] = {
    "schedule_meeting.host_video": True,
    "schedule_meeting.participants_video": True,
    "schedule_meeting.audio_type": "both",
    "in_meeting.entry_exit_chime": "host",
    "in_meeting.virtual_background": True,
    "in_meeting.e2e_encryption": False,
    "email_notification.jbh_reminder": False,
    "feature.meeting_capacity": 100,
    "meeting_security.encryption_type": "enhanced_encryption",
    "meeting_security.embed_password_in_join_link": False,
    "meeting_security.waiting_room_settings.participants_to_place_in_waiting_room": 0,
}
"""Nobody judges these."""


def user_settings() -> dict[str, object]:
    return {**EXPECTED, **USUAL, "recording.auto_delete_cmr": False}


def group_settings(*, enabled: bool) -> dict[str, object]:
    """The allow-lists are closed: not enabled, or enabled for nobody."""
    lists = {
        f"{name}.{field}": value
        for name in (ADDING, CHATTING)
        for field, value in (
            ("enable", enabled),
            ("selected_option", 4),
            ("user_email_addresses", ""),
        )
    }
    return {**EXPECTED, **USUAL, ARCHIVE: False, "chat.share_files.enable": False, **lists}


def group_locks() -> dict[str, object]:
    usual = {"schedule_meeting.host_video": False, "in_meeting.virtual_background": False}
    return {**dict.fromkeys(LOCKED, True), **usual}


def nested(flat: Mapping[str, object], option: str) -> dict[str, object]:
    """The body that this option asks for: the security settings, or all the others."""
    body: dict[str, object] = {"meeting_security": {}} if option == "meeting_security" else {}
    for path, value in flat.items():
        if path.startswith(SECURITY) == (option == "meeting_security"):
            place = body
            *folders, name = path.split(".")
            for folder in folders:
                place = place.setdefault(folder, {})  # type: ignore[assignment]
            place[name] = value
    return body


def flat(body: Mapping[str, object], under: str = "") -> dict[str, object]:
    """A nested body by dotted path."""
    found: dict[str, object] = {}
    for name, value in body.items():
        path = f"{under}{name}"
        found |= flat(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return found
