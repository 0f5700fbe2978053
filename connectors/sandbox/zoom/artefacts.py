"""What is kept of a call that is over: a recording, a transcript, a summary."""

from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.healthy import meeting_uuid


def recording(past: Json, place: str = "live") -> Json:
    """What is kept of a recorded call. `place`: live, or the kind of trash."""
    host = {"host_id": past["host_id"], "account_id": "", "share_url": ""}
    file = {
        "id": meeting_uuid("file", past["uuid"]).strip("=/+"),
        "meeting_id": past["uuid"],
        "recording_start": past["start_time"],
        "recording_end": past["end_time"],
        "file_type": "MP4",
        "file_size": 48_000_000,
        "status": "completed",
        "recording_type": "shared_screen_with_speaker_view",
    }
    names = ("uuid", "id", "topic", "type", "start_time", "duration", "timezone")
    kept = {name: past[name] for name in names if name in past}
    sizes = {"total_size": file["file_size"], "recording_count": 1}
    return {**kept, **host, **sizes, "recording_files": [file], "place": place}


def transcript(past: Json) -> Json:
    return {
        "meeting_id": past["uuid"],
        "uuid": past["uuid"],
        "id": past["id"],
        "account_id": "",
        "host_id": past["host_id"],
        "meeting_topic": past["topic"],
        "transcript_created_time": past["end_time"],
        "can_download": True,
        "download_url": "",
    }


def summary(past: Json, email: str) -> Json:
    """`email` is the host's."""
    return {
        "meeting_host_id": past["host_id"],
        "meeting_host_email": email,
        "meeting_uuid": past["uuid"],
        "meeting_id": past["id"],
        "meeting_topic": past["topic"],
        "meeting_start_time": past["start_time"],
        "meeting_end_time": past["end_time"],
        "summary_start_time": past["start_time"],
        "summary_end_time": past["end_time"],
        "summary_created_time": past["end_time"],
        "summary_last_modified_time": past["end_time"],
    }
