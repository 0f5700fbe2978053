"""Meetings of Zoom's in our words: one that is arranged, and one that is over."""

from datetime import datetime
from typing import Any

import msgspec

from agent.domain.facts import Fact, Known
from agent.domain.zoom import NOT_TOLD
from agent.domain.zoom_windows import ArrangedMeeting, OneOffMeeting, Participant, PastMeeting
from agent.errors import UnknownReply
from connectors.http import parsed
from connectors.zoom.client import SOURCE
from connectors.zoom.rows import address, flag, odd, plain, text, when
from connectors.zoom.settings import Told, paths


class Row(msgspec.Struct):
    """A meeting: of a list, by itself, or past."""

    id: Any = None
    uuid: Any = None
    host_id: Any = None
    topic: Any = None
    status: Any = None
    start_time: Any = None
    end_time: Any = None
    duration: Any = None
    participants_count: Any = None
    settings: Any = None
    join_url: Any = None
    password: Any = None


class Person(msgspec.Struct):
    """Somebody's time in a meeting that is over."""

    name: Any = None
    user_email: Any = None
    internal_user: Any = None
    join_time: Any = None
    leave_time: Any = None
    status: Any = None


def one_off(row: Row, at: datetime, what: str) -> OneOffMeeting:
    """Raises UnknownReply where nothing tells which meeting it is."""
    number = _number(row.id)
    if not number:
        raise UnknownReply(f"{what}: the meeting has no number")
    settings = paths(row.settings) if isinstance(row.settings, dict) else {}
    told = {path: _value(raw, at) for path, raw in settings.items()}
    return OneOffMeeting(
        id=number,
        uuid=plain(row.uuid),
        host=plain(row.host_id),
        topic=text(row.topic, "a topic", at),
        start=when(row.start_time, at),
        minutes=_count(row.duration, at),
        running=_one_of(row.status, "started", "waiting", at),
        settings=Told(told),
        join_url=plain(row.join_url),
        passcode=plain(row.password),
    )


def arranged(raw: msgspec.Raw, at: datetime) -> ArrangedMeeting:
    """A row that cannot be read stands for a meeting still."""
    try:
        row = parsed(SOURCE, raw, Row)
    except UnknownReply:
        row = Row()
    return ArrangedMeeting(_number(row.id), plain(row.topic), when(row.start_time, at))


def past(row: Row, at: datetime) -> PastMeeting:
    return PastMeeting(
        id=_number(row.id),
        uuid=plain(row.uuid),
        host=plain(row.host_id),
        start=when(row.start_time, at),
        end=when(row.end_time, at),
        participants=_count(row.participants_count, at),
    )


def participant(raw: msgspec.Raw, at: datetime) -> Participant:
    """A row that cannot be read is somebody still: nobody knows who."""
    try:
        row = parsed(SOURCE, raw, Person)
    except UnknownReply:
        row = Person()
    return Participant(
        ours=flag(row.internal_user, "who is of the account", at),
        joined=when(row.join_time, at),
        left=when(row.leave_time, at),
        waiting=_one_of(row.status, "in_waiting_room", "in_meeting", at),
        name=plain(row.name),
        email=address(row.user_email),
    )


def _number(raw: object) -> str:
    """A meeting's number as text; empty where there is none."""
    whole = isinstance(raw, int) and not isinstance(raw, bool) and raw > 0
    return str(raw) if whole else plain(raw)


def _count(raw: object, at: datetime) -> Fact[int]:
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return Known(raw, SOURCE, at)
    return NOT_TOLD if raw is None else odd("a number")


def _one_of(raw: object, yes: str, no: str, at: datetime) -> Fact[bool]:
    if raw in (yes, no):
        return Known(raw == yes, SOURCE, at)
    return NOT_TOLD if raw is None else odd("a state")


def _value(raw: object, at: datetime) -> Fact[object]:
    return NOT_TOLD if raw is None else Known(raw, SOURCE, at)
