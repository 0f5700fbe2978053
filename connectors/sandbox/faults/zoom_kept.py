"""Faults of what a call left behind: recordings, transcripts, summaries, contacts."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.sandbox.faults.fault import Edits, Fault, Hides, Target, fails, slots
from connectors.sandbox.records import Edit
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.artefacts import recording, summary, transcript
from connectors.sandbox.zoom.healthy import (
    ACCOUNT,
    CONTACTS,
    ONE_ACCOUNT,
    PAST,
    RECORDINGS,
    SUMMARIES,
    TRANSCRIPTS,
    USERS,
    contact,
    past_meeting,
)

FOUND = fails("zoom.no-recordings", "recording-found")
TRASHED = fails("zoom.no-recordings", "recording-in-trash")
RECORDING = slots("Zoom recordings")


def _held(target: Target, word: str, days: float) -> Json:
    """A call that somebody kept something of."""
    estate = target.records.estate
    return past_meeting(estate, target.ipad, word, timedelta(days=days, hours=14))


def _upon(collection: str, target: Target, meeting: Json, row: Json) -> Edit:
    return Edit(collection, f"{target.ipad.zoom_user}/{meeting['uuid']}", whole=row)


def _recorded(place: str, days: float) -> Edits:
    def edits(target: Target) -> Sequence[Edit]:
        meeting = _held(target, f"recorded {place}", days)
        return (_upon(RECORDINGS, target, meeting, recording(meeting, place)),)

    return edits


def _of_an_inactive_user(target: Target) -> Sequence[Edit]:
    gone = Edit(USERS, target.ipad.zoom_user, set={"status": "inactive"})
    return (gone, *_recorded("live", 20)(target))


def _transcript(target: Target) -> Sequence[Edit]:
    meeting = _held(target, "transcribed", 4)
    return (
        _upon(PAST, target, meeting, meeting),
        _upon(TRANSCRIPTS, target, meeting, transcript(meeting)),
    )


def _summary(target: Target) -> Sequence[Edit]:
    meeting = _held(target, "summarised", 6)
    row = summary(meeting, target.ipad.m365_user_id)
    return (_upon(SUMMARIES, target, meeting, row),)


def _contact_left(target: Target) -> Sequence[Edit]:
    row = contact(f"family{target.ipad.index:04d}@family.example")
    return (Edit(CONTACTS, f"{target.ipad.zoom_user}/{row['member_id']}", whole=row),)


def _restricted(target: Target) -> Sequence[Edit]:
    return (Edit(ACCOUNT, ONE_ACCOUNT, set={"summaries": "restricted"}),)


ZOOM_KEPT: tuple[Fault, ...] = (
    Fault("recording-found", RECORDING, _recorded("live", 3), FOUND),
    Fault("recording-in-trash", RECORDING, _recorded("meeting_recordings", 9), TRASHED),
    Fault("recording-file-in-trash", RECORDING, _recorded("recording_file", 16), TRASHED),
    Fault(
        "recording-of-an-inactive-user",
        slots("Zoom recordings", "Zoom status"),
        _of_an_inactive_user,
        (*fails("zoom.active", "zoom-inactive"), *FOUND),
    ),
    Fault("old-recording", RECORDING, _recorded("live", 70), FOUND, in_plans=False),
    Fault(
        "transcript-found",
        slots("Zoom transcripts"),
        _transcript,
        fails("zoom.no-transcripts", "transcript-found"),
    ),
    Fault(
        "summary-found",
        slots("Zoom summaries"),
        _summary,
        fails("zoom.no-summaries", "summary-found"),
    ),
    Fault(
        "summaries-restricted",
        slots("Zoom summaries"),
        _restricted,
        (),
        Hides.SUMMARIES_RESTRICTED,
        in_plans=False,
        everywhere=True,
    ),
    Fault(
        "contact-left",
        slots("Zoom contacts"),
        _contact_left,
        fails("zoom.no-contacts", "contact-left"),
    ),
)
