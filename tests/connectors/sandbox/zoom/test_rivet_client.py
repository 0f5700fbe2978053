"""Zoom's own client for Node against the sandbox, where it is installed (tests/peers)."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.zoom.baseline import flat
from tests.connectors.sandbox.support import NOW
from tests.connectors.sandbox.zoom.support import twice

PEERS = Path(__file__).parents[3] / "peers"
NODE = shutil.which("node") or ""
HERE = NODE and (PEERS / "node_modules" / "@zoom" / "rivet").is_dir()
pytestmark = pytest.mark.skipif(
    not HERE, reason="@zoom/rivet is not there: npm ci --ignore-scripts --prefix tests/peers"
)
DEVICE = "K10001"
FAMILY = "mother@family.example"
SLASHES = "/ab//c+d=="
DAYS = {"from": "2026-11-01", "to": "2026-11-22"}
Asked = tuple[str, str, str, dict[str, Any]]  # app, product, endpoint, what is sent


class Rivet:
    """One process of Node for some calls, one after the other."""

    def __init__(self, sandbox: Any, steer: Any) -> None:
        self.zoom, self.steer = sandbox["zoom"], steer
        [self.consent] = steer("POST", "consents", {"devices": [DEVICE]})["consents"]
        self.user = {"userId": self.consent["user_id"]}
        self.group = {"groupId": self.record("zoomUsers")["group_ids"][0]}

    def record(self, collection: str) -> Any:
        return self.steer("GET", f"records/{collection}/{DEVICE}")

    def answers(self, *calls: Asked) -> list[Any]:
        said = {"zoom": self.zoom, "refresh_token": self.consent["refresh_token"]}
        done = subprocess.run(
            [NODE, str(PEERS / "rivet.mjs")],
            input=json.dumps({**said, "calls": calls}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={},
        )
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def read(self, *calls: Asked) -> list[Any]:
        """What was told, where every call is answered with 200."""
        answers = self.answers(*calls)
        assert [answer.get("status", answer) for answer in answers] == [200] * len(calls)
        return [answer["data"] for answer in answers]


@pytest.fixture
def rivet(sandbox: Any, steer: Any) -> Rivet:
    return Rivet(sandbox, steer)


def test_it_reads_every_user_page_by_page(rivet: Rivet, sandbox: Any) -> None:
    sizes = {"page_size": 12}
    [first] = rivet.read(("reader", "users", "users.listUsers", {"query": sizes}))
    more = {**sizes, "next_page_token": first["next_page_token"]}
    [second] = rivet.read(("reader", "users", "users.listUsers", {"query": more}))
    rows = [*first["users"], *second["users"]]
    assert len({row["id"] for row in rows}) == len(rows) == sandbox["devices"]
    assert rivet.record("zoomUsers") in rows
    assert second["next_page_token"] == ""


def test_it_reads_one_user_and_its_settings(rivet: Rivet) -> None:
    path, security = {"path": rivet.user}, {"query": {"option": "meeting_security"}}
    user, settings, secured = rivet.read(
        ("reader", "users", "users.getUser", path),
        ("reader", "users", "users.getUserSettings", path),
        ("reader", "users", "users.getUserSettings", path | security),
    )
    assert rivet.record("zoomUsers").items() <= user.items()
    assert flat(settings) | flat(secured) == rivet.record("zoomUserSettings")


def test_it_reads_a_group_its_members_settings_and_locks(rivet: Rivet) -> None:
    path, security = {"path": rivet.group}, {"query": {"option": "meeting_security"}}
    groups, group, members, *told = rivet.read(
        ("reader", "users", "groups.listGroups", {"query": {"page_size": 300}}),
        ("reader", "users", "groups.getGroup", path),
        ("reader", "users", "groups.listGroupMembers", path),
        ("reader", "users", "groups.getGroupsSettings", path),
        ("reader", "users", "groups.getGroupsSettings", path | security),
        ("reader", "users", "groups.getLockedSettings", path),
        ("reader", "users", "groups.getLockedSettings", path | security),
    )
    assert group in groups["groups"]
    assert group == {**rivet.record("zoomGroups"), "total_members": 1}
    assert [one["id"] for one in members["members"]] == [rivet.user["userId"]]
    settings, secured, locks, locked = map(flat, told)
    assert settings | secured == rivet.record("zoomGroupSettings")
    assert locks | locked == rivet.record("zoomGroupLocks")


def test_it_reads_the_account_s_settings(rivet: Rivet) -> None:
    path = {"path": {"accountId": "me"}}
    [settings] = rivet.read(("reader", "accounts", "accounts.getAccountSettings", path))
    assert settings["recording"]["cloud_recording"] is False


def test_it_finds_what_was_kept_of_a_call(rivet: Rivet) -> None:
    began = {"start_time": f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "uuid": SLASHES, "id": 7}
    kept, summed = {**began, "place": "live"}, {"meeting_uuid": SLASHES, "meeting_id": 7}
    rivet.steer("PUT", f"records/zoomRecordings/{DEVICE}/one", kept)
    summed["summary_start_time"] = began["start_time"]
    rivet.steer("PUT", f"records/zoomSummaries/{DEVICE}/one", summed)
    meeting = {"path": {"meetingId": twice(twice(SLASHES))}}
    trash = {"trash": True, "trash_type": "recording_file"}
    of_user, in_trash, of_meeting, summaries = rivet.read(
        ("reader", "meetings", "cloudRecording.listAllRecordings",
         {"path": rivet.user, "query": DAYS}),
        ("reader", "meetings", "cloudRecording.listAllRecordings",
         {"path": rivet.user, "query": DAYS | trash}),
        ("reader", "meetings", "cloudRecording.getMeetingRecordings", meeting),
        ("reader", "meetings", "meetings.listAccountsMeetingOrWebinarSummaries",
         {"query": DAYS}),
    )  # fmt: skip
    assert (of_user["from"], of_user["to"]) == (DAYS["from"], DAYS["to"])
    assert of_user["meetings"] == [of_meeting] == [began]
    assert in_trash["meetings"] == []
    assert summaries["summaries"] == [summed]


def test_a_user_s_consent_is_renewed_and_shows_its_contacts(rivet: Rivet) -> None:
    rivet.steer("POST", "plant", {"name": "contact-left", "subject": DEVICE})
    mine = "contacts.listUsersContacts"
    outside, company = rivet.read(
        ("user_app", "teamchat", mine, {"query": {"type": "external"}}),
        ("user_app", "teamchat", mine, {}),
    )
    assert outside["contacts"] == rivet.record("zoomContacts")
    assert {one["email"] for one in company["contacts"]}.isdisjoint(
        one["email"] for one in outside["contacts"]
    )


def test_it_opens_an_allow_list_and_invites(rivet: Rivet) -> None:
    told = {"enable": True, "selected_option": 4, "user_email_addresses": FAMILY}
    body = {"chat": {"allow_users_to_add_contacts": told}}
    sent = {"path": rivet.user, "body": {"email": FAMILY}}
    invite: Asked = ("actor", "teamchat", "invitations.sendNewContactInvitation", sent)
    shut, opened, invited = rivet.answers(
        invite,
        ("actor", "users", "groups.updateGroupsSettings", {"path": rivet.group, "body": body}),
        invite,
    )
    assert "No permission to add new contact" in shut["error"]
    assert (opened["status"], invited["status"]) == (204, 204)
    settings = rivet.record("zoomGroupSettings")
    assert settings["chat.allow_users_to_add_contacts.user_email_addresses"] == FAMILY
    accepted = rivet.steer("POST", "accept", {"device": DEVICE, "email": FAMILY})
    assert accepted["email"] == FAMILY


def test_it_arranges_a_meeting_and_deletes_it(rivet: Rivet) -> None:
    made, *_ = rivet.answers(
        ("actor", "meetings", "meetings.createMeeting",
         {"path": rivet.user, "body": {"topic": "call", "type": 2}}),
    )  # fmt: skip
    assert made["status"] == 201
    one, of_user = {"meetingId": made["data"]["id"]}, {"path": rivet.user}
    listed, read, gone, empty = rivet.answers(
        ("reader", "meetings", "meetings.listMeetings", of_user),
        ("reader", "meetings", "meetings.getMeeting", {"path": one}),
        ("actor", "meetings", "meetings.deleteMeeting", {"path": one}),
        ("reader", "meetings", "meetings.listMeetings", of_user),
    )
    assert [row["id"] for row in listed["data"]["meetings"]] == [made["data"]["id"]]
    assert read["data"]["uuid"] == made["data"]["uuid"]
    assert gone["status"] == 204
    assert empty["data"]["meetings"] == []


def test_it_understands_an_error_with_zoom_s_number(rivet: Rivet) -> None:
    nobody = {"path": {"userId": "nobody"}}
    missing, shut = rivet.answers(
        ("reader", "users", "users.getUser", nobody),
        ("actor", "users", "users.listUsers", {}),
    )
    assert missing["error"].startswith("[404/1001]")
    assert shut["error"].startswith("[400/4711]")
