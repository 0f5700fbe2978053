"""What Zoom's events say, and which of them are a sign that speech is kept (D4).

Events only make us faster: each may come late, twice, out of order, or never.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.domain.zoom import LiveMeeting

ACCOUNT = "zoom-account"  # the subject of what nobody can tell the iPad of


class Sign(Enum):
    """What was noticed of a meeting."""

    RECORDING = "recording"
    COMPANION = "companion"


REASONS = {
    Sign.RECORDING: "a-recording-was-started",
    Sign.COMPANION: "ai-companion-was-started",
}
BEGINS = {
    "recording.started": Sign.RECORDING,
    "recording.resumed": Sign.RECORDING,
    "meeting.ai_companion_started": Sign.COMPANION,
}
LATER = {
    "recording.stopped": Sign.RECORDING,
    "recording.paused": Sign.RECORDING,
    "recording.completed": Sign.RECORDING,
    "recording.transcript_completed": Sign.RECORDING,
    "recording.archive_files_completed": Sign.RECORDING,
    "recording.trashed": Sign.RECORDING,
    "recording.deleted": Sign.RECORDING,
    "recording.recovered": Sign.RECORDING,
    "meeting.ai_companion_stopped": Sign.COMPANION,
    "meeting.ai_companion_assets_deleted": Sign.COMPANION,
    "meeting.summary_completed": Sign.COMPANION,
    "meeting.summary_shared": Sign.COMPANION,
    "meeting.aic_transcript_completed": Sign.COMPANION,
}
"""What comes after a start, and so tells of one whose own event was lost."""
STARTED, ENDED = "meeting.started", "meeting.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomEvent:
    """One event, without anything personal. Empty and None: it was not told. Times are UTC."""

    name: str
    at: datetime | None  # when Zoom says that it happened
    meeting: LiveMeeting
    host: str  # Zoom's id of the user
    began: datetime | None = None
    ended: datetime | None = None

    @property
    def sign(self) -> Sign | None:
        """What it shows to be kept, or to have been."""
        return BEGINS.get(self.name) or LATER.get(self.name)

    @property
    def begins(self) -> bool:
        """Whether it begins just now, so that it can be stopped."""
        return self.name in BEGINS

    @property
    def holding(self) -> str:
        """What names the meeting: its uuid, or its number where that was not told."""
        return holding(self.meeting)


def holding(meeting: LiveMeeting) -> str:
    """The uuid of this holding, or the number where Zoom did not tell it."""
    return meeting.uuid or meeting.id
