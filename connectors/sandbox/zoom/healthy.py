"""The healthy estate in Zoom's words: a user and a group for each iPad, and what they leave."""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta

from connectors.sandbox.chance import Dice, zoom_id
from connectors.sandbox.estate import Estate, Ipad
from connectors.sandbox.wire import Json, stamp
from connectors.sandbox.zoom.baseline import group_locks, group_settings, user_settings

USERS, SETTINGS = "zoomUsers", "zoomUserSettings"
GROUPS, GROUP_SETTINGS, GROUP_LOCKS = "zoomGroups", "zoomGroupSettings", "zoomGroupLocks"
CONSENTS, ACCOUNT, PRESENCE = "zoomConsents", "zoomAccount", "zoomPresence"
RECORDINGS, TRANSCRIPTS, SUMMARIES = "zoomRecordings", "zoomTranscripts", "zoomSummaries"
CONTACTS, INVITATIONS = "zoomContacts", "zoomInvitations"
PAST, SIGN_INS, MEETINGS = "zoomPastMeetings", "zoomSignIns", "zoomMeetings"
ONE_ACCOUNT = "account"

CLIENTS = ("6.4.12.27100(iOS)", "6.5.3.22510(iOS)", "6.6.0.24310(iOS)")
LOCALE = {"timezone": "Europe/London", "language": "en-GB"}


def user(estate: Estate, ipad: Ipad) -> Json:
    dice = Dice(estate.seed, "zoom user", ipad.index)
    return {
        "id": ipad.zoom_user,
        "first_name": ipad.local_id,
        "last_name": "",
        "display_name": ipad.local_id,
        "email": ipad.m365_user_id,
        "type": 2,
        "pmi": 10**9 + dice.roll(9 * 10**9),
        **LOCALE,
        "verified": 1,
        "dept": ipad.establishment,
        "created_at": stamp(ipad.enrolled_at - timedelta(days=2)),
        "last_login_time": stamp(estate.now - timedelta(hours=12 + dice.roll(400))),
        "last_client_version": dice.pick(CLIENTS),
        "pic_url": "",
        "group_ids": [ipad.zoom_group],
        "im_group_ids": [],
        "phone_number": "",
        "status": "active",
        "role_id": "2",
        "login_types": [101],
        "user_created_at": stamp(ipad.enrolled_at - timedelta(days=2)),
    }


def group(ipad: Ipad) -> Json:
    return {"id": ipad.zoom_group, "name": f"callsteward {ipad.local_id}"}


def meeting_uuid(*key: object) -> str:
    """Every fourth begins with a slash, so that it must be encoded twice."""
    dice = Dice(*key)
    odd, rest = dice.roll(4) == 0, dice.roll(1 << 120).to_bytes(15)
    first = bytes([0xFC | dice.roll(4)]) if odd else bytes([dice.roll(0xFC)])
    return base64.b64encode(first + rest).decode()


def meeting_id(*key: object) -> int:
    return 80 * 10**9 + Dice(*key, "number").roll(10**10)


def past_meeting(estate: Estate, ipad: Ipad, word: str, ago: timedelta) -> Json:
    """A call that this iPad's user held."""
    key = (estate.seed, "meeting", ipad.index, word)
    start, minutes = estate.now - ago, 20 + Dice(*key, "minutes").roll(25)
    return {
        "uuid": meeting_uuid(*key),
        "id": meeting_id(*key),
        "host_id": ipad.zoom_user,
        "topic": f"{ipad.local_id} call",
        "type": 2,
        "start_time": stamp(start),
        "end_time": stamp(start + timedelta(minutes=minutes)),
        "duration": minutes,
        "timezone": "Europe/London",
        "created_at": stamp(start - timedelta(days=1)),
        "participants_count": 2,
        "has_recording": False,
        "has_archiving": False,
    }


def past_meetings(estate: Estate, ipad: Ipad) -> dict[str, Json]:
    """Every third iPad made a call or two of late."""
    dice = Dice(estate.seed, "calls", ipad.index)
    held = [
        past_meeting(estate, ipad, f"call {number}", timedelta(days=2 + 9 * number, hours=13))
        for number in range((0, 0, 1, 0, 2, 0)[dice.roll(6)])
    ]
    return {meeting["uuid"]: meeting for meeting in held}


def sign_ins(estate: Estate, ipad: Ipad) -> dict[str, Json]:
    """Some iPads signed in within the last day, from Zoom's client on the iPad."""
    dice = Dice(estate.seed, "sign-in", ipad.index)
    if dice.roll(5):
        return {}
    when = estate.now - timedelta(hours=1 + dice.roll(22), minutes=dice.roll(60))
    return {"healthy": sign_in(ipad, stamp(when), "iPad", dice.pick(CLIENTS).partition("(")[0])}


def sign_in(ipad: Ipad, when: str, client: str, version: str) -> Json:
    return {
        "email": ipad.m365_user_id,
        "time": when,
        "type": "Sign in",
        "ip_address": "192.0.2.17",
        "client_type": client,
        "version": version,
    }


def contact(email: str) -> Json:
    """Someone outside our account; Zoom has not told an id of such since 2023."""
    name, _, _ = email.partition("@")
    bits = Dice("contact", email.lower()).roll(1 << 126)
    return {
        "id": "",
        "member_id": zoom_id("M", bits),
        "email": email,
        "first_name": name.title(),
        "last_name": "",
    }


def _of_user(make: Callable[[Estate, Ipad], Json]) -> Callable[[Estate, str], Json | None]:
    def read(estate: Estate, key: str) -> Json | None:
        index = estate.index_of_zoom_user(key)
        return None if index is None else make(estate, estate.ipad(index))

    return read


def _of_group(make: Callable[[Estate, Ipad], Json]) -> Callable[[Estate, str], Json | None]:
    def read(estate: Estate, key: str) -> Json | None:
        index = estate.index_of_zoom_group(key)
        return None if index is None else make(estate, estate.ipad(index))

    return read


def _under(
    make: Callable[[Estate, Ipad], dict[str, Json]],
) -> Callable[[Estate, str], dict[str, Json]]:
    def read(estate: Estate, owner: str) -> dict[str, Json]:
        index = estate.index_of_zoom_user(owner)
        return {} if index is None else make(estate, estate.ipad(index))

    return read


def _closed(estate: Estate, ipad: Ipad) -> Json:
    return group_settings(enabled=Dice(estate.seed, "lists", ipad.index).roll(2) == 0)


def _account(estate: Estate, key: str) -> Json | None:
    told = {"summaries": "available", **user_settings()}
    return told if key == ONE_ACCOUNT else None


ONES: Mapping[str, Callable[[Estate, str], Json | None]] = {
    USERS: _of_user(user),
    SETTINGS: _of_user(lambda estate, ipad: user_settings()),
    CONSENTS: _of_user(lambda estate, ipad: {"state": "given"}),
    PRESENCE: _of_user(lambda estate, ipad: {"status": "Available"}),
    GROUPS: _of_group(lambda estate, ipad: group(ipad)),
    GROUP_SETTINGS: _of_group(_closed),
    GROUP_LOCKS: _of_group(lambda estate, ipad: group_locks()),
    ACCOUNT: _account,
}
"""Records by key: the id of a user, of a group, or `account`."""

UNDER_USERS: Mapping[str, Callable[[Estate, str], dict[str, Json]]] = {
    PAST: _under(past_meetings),
    SIGN_INS: _under(sign_ins),
    RECORDINGS: lambda estate, owner: {},
    TRANSCRIPTS: lambda estate, owner: {},
    SUMMARIES: lambda estate, owner: {},
    CONTACTS: lambda estate, owner: {},
    INVITATIONS: lambda estate, owner: {},
    MEETINGS: lambda estate, owner: {},
}
"""Records by `<id of a user>/<name>`."""

BY_GROUP = (GROUPS, GROUP_SETTINGS, GROUP_LOCKS)
