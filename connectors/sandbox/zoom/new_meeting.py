"""A new meeting as Zoom answers it: every setting, sent or not.

Since March 2026 the AI settings that a request leaves out are the host's own (facts on Zoom,
section 2).
"""

from collections.abc import Mapping

from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.wire import Refused

USUAL: Mapping[str, object] = {
    "host_video": False,
    "participant_video": False,
    "mute_upon_entry": False,
    "watermark": False,
    "use_pmi": False,
    "approval_type": 2,
    "audio": "both",
    "enforce_login": False,
    "alternative_hosts": "",
    "show_share_button": False,
    "allow_multiple_devices": False,
    "encryption_type": "enhanced_encryption",
    "alternative_hosts_email_notification": True,
    "focus_mode": False,
    "private_meeting": False,
    "email_notification": True,
    "host_save_video_order": False,
    "internal_meeting": False,
    "request_permission_to_unmute_participants": False,
}
OF_THE_HOST = {
    "waiting_room": "meeting_security.waiting_room",
    "join_before_host": "schedule_meeting.join_before_host",
    "auto_recording": "recording.auto_recording",
    "auto_start_meeting_summary": "in_meeting.meeting_summary_with_ai_companion",
    "auto_start_ai_companion_questions": "in_meeting.ai_companion_questions",
}
TYPES = (1, 2, 3, 8, 10)


def meeting_record(
    asked: Json, host: Mapping[str, object], now: str, base_url: str, number: object
) -> Json:
    """`host` is the host's settings by dotted path; `now` when it is made."""
    kind, sent = asked.get("type", 2), asked.get("settings", {})
    if kind not in TYPES or not isinstance(sent, dict):
        raise Refused(400, 300, "Validation Failed.")
    inherited = {name: host.get(path, False) for name, path in OF_THE_HOST.items()}
    chat = {"continuous_meeting_chat": {"enable": bool(host.get("in_meeting.chat"))}}
    password = str(asked.get("password") or f"{int(str(number)) % 10**6:06d}")
    return {
        "topic": asked.get("topic", "Zoom Meeting"),
        "type": kind,
        "status": "waiting",
        "start_time": asked.get("start_time") or now,
        "duration": asked.get("duration", 60),
        "timezone": asked.get("timezone", "UTC"),
        "agenda": asked.get("agenda", ""),
        "created_at": now,
        "start_url": f"{base_url}/s/{number}?zak=sandbox",
        "join_url": f"{base_url}/j/{number}?pwd={password}",
        "password": password,
        "settings": {**USUAL, **inherited, **chat, **sent},
    }
