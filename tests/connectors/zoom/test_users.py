"""Users, settings, locks and allow-lists: what is not told is unknown."""

from typing import Any

import httpx
import pytest

from agent.domain.facts import Known, Unknown
from agent.domain.zoom import AllowList, User, UserStatus, locked, setting
from tests.connectors.zoom.canned import Canned, only, refusal, user
from tests.connectors.zoom.contract import no_beat


def told(fact: Known[Any] | Unknown) -> object:
    """The value, or the reason why there is none."""
    return fact.value if isinstance(fact, Known) else fact.reason


def one(canned: Canned, **fields: object) -> User:
    canned.users = [user(1, **fields)]
    [found] = canned.zoom().users(no_beat).rows["ipad1@prison.example"]
    return found


# Users


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (1, False), (2, True), (4, False), (99, False),
        (3, "unknown-value"), ("2", "unknown-value"), (True, "unknown-value"),
        (None, "not-told"),
    ],
)  # fmt: skip
def test_licensed_is_type_2_alone(canned: Canned, raw: object, value: object) -> None:
    assert told(one(canned, type=raw).licensed) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (["g1"], {"g1"}), (["g1", "g2"], {"g1", "g2"}), ([], set()),
        (None, "not-told"), ("g1", "unknown-value"), ([5], "unknown-value"),
    ],
)  # fmt: skip
def test_no_groups_told_is_not_no_groups(canned: Canned, raw: object, value: object) -> None:
    assert told(one(canned, group_ids=raw).groups) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("6.1.0.1234(iPad)", "6.1.0.1234"), ("5.17.1 (iOS)", "5.17.1"), ("6.1", "6.1"),
        ("", "not-told"), (None, "not-told"), (6.1, "unknown-value"),
    ],
)  # fmt: skip
def test_a_version_is_without_its_platform(canned: Canned, raw: object, value: object) -> None:
    assert told(one(canned, last_client_version=raw).client_version) == value


@pytest.mark.parametrize(
    ("raw", "value"), [("MDIBT001", "MDIBT001"), ("", "not-told"), (None, "not-told")]
)
def test_a_display_name_may_be_missing(canned: Canned, raw: object, value: object) -> None:
    assert told(one(canned, display_name=raw).display_name) == value


def test_a_status_that_is_missing_is_that_of_the_list(canned: Canned) -> None:
    row = {"id": "u9", "email": "x@prison.example"}
    canned.odd = only(
        "/users",
        lambda r: httpx.Response(
            200, json={"users": [row] if r.url.params["status"] == "inactive" else []}
        ),
    )
    [found] = canned.zoom().users(no_beat).rows["x@prison.example"]
    assert told(found.status) is UserStatus.INACTIVE


def test_a_user_that_changes_meanwhile_is_not_two(canned: Canned) -> None:
    canned.odd = only(
        "/users",
        lambda r: httpx.Response(200, json={"users": [user(1, status=r.url.params["status"])]}),
    )
    [found] = canned.zoom().users(no_beat).rows["ipad1@prison.example"]
    assert told(found.status) is UserStatus.PENDING  # the list that was read last


@pytest.mark.parametrize("row", [None, 5, [], {}, {"email": 5}])
def test_a_row_that_is_no_user_leaves_a_gap_and_keeps_the_others(
    canned: Canned, row: object
) -> None:
    body = {"users": [row, user(1)]}
    canned.odd = only("/users", lambda _: httpx.Response(200, json=body))
    reading = canned.zoom().users(no_beat)
    assert reading.gap == "a row of the users is not a record"
    assert "ipad1@prison.example" in reading.rows


def test_an_empty_account_proves_nothing(canned: Canned) -> None:
    canned.users = []
    assert "empty" in (canned.zoom().users(no_beat).gap or "")


def test_one_unread_status_leaves_a_gap(canned: Canned) -> None:
    canned.odd = only(
        "/users",
        lambda r: refusal(403, 200) if r.url.params["status"] == "pending" else None,
    )
    reading = canned.zoom().users(no_beat)
    assert reading.gap
    assert len(reading.rows) == 2


@pytest.mark.parametrize(
    ("status", "code"), [(404, 3001), (400, 1001), (404, 2300), (400, 1120), (404, "")]
)
def test_only_zooms_own_word_says_that_nobody_is_there(
    canned: Canned, status: int, code: object
) -> None:
    canned.odd = only("example", lambda _: refusal(status, code))
    assert told(canned.zoom().one("gone@prison.example")) == "not-read"


def test_another_user_than_asked_for_is_not_taken(canned: Canned) -> None:
    canned.odd = only("example", lambda _: httpx.Response(200, json=user(2)))
    assert told(canned.zoom().one("ipad1@prison.example")) == "not-read"


# Settings


def test_settings_are_told_by_path(canned: Canned) -> None:
    settings = canned.zoom().settings("u1")
    assert told(setting(settings, "recording.smart_recording.create")) is False
    assert told(setting(settings, "meeting_security.waiting_room")) is True
    assert told(setting(settings, "in_meeting.odd")) == "not-told"  # null
    assert told(setting(settings, "recording.smart_recording")) == "not-told"  # not a value
    assert len(settings) == len(list(settings)) == 5


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        (True, "recording.cloud_recording"),
        (False, "meeting_security.waiting_room"),
    ],
)
def test_one_unread_body_hides_only_its_own(canned: Canned, hidden: bool, shown: str) -> None:
    canned.odd = only(
        "/settings",
        lambda r: refusal(403, 200) if ("option" in r.url.params) is hidden else None,
    )
    settings = canned.zoom().settings("u1")
    paths = ("recording.cloud_recording", "meeting_security.waiting_room", "in_meeting.x")
    reasons = {path: told(setting(settings, path)) for path in paths}
    assert reasons[shown] in (True, False)
    other = next(path for path in paths[:2] if path != shown)
    assert reasons[other] == "not-read"
    assert reasons["in_meeting.x"] == ("not-told" if hidden else "not-read")


def test_locks_are_true_or_false_or_unknown(canned: Canned) -> None:
    canned.locks = {"recording": {"a": True, "b": False, "c": "yes", "d": None}}
    locks = canned.zoom().locks("g1")
    facts = [told(locked(locks, f"recording.{name}")) for name in "abcde"]
    assert facts == [True, False, "unknown-value", "not-told", "not-told"]


# Allow-lists


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ({"enable": False}, AllowList(False, 0, frozenset())),
        ({"enable": False, "selected_option": 1}, AllowList(False, 0, frozenset())),
        ({"enable": True, "selected_option": 1}, AllowList(True, 1, frozenset())),
        (
            {"enable": True, "selected_option": 4, "user_email_addresses": ""},
            AllowList(True, 4, frozenset()),
        ),
        (
            {"enable": True, "selected_option": 4, "user_email_addresses": "A@x.org, b@x.org"},
            AllowList(True, 4, frozenset({"a@x.org", "b@x.org"})),
        ),
        (
            {"enable": True, "selected_option": 4, "user_email_addresses": ["A@x.org"]},
            AllowList(True, 4, frozenset({"a@x.org"})),
        ),
        ({"enable": True, "selected_option": 4}, "not-told"),
        ({"enable": True}, "not-told"),
        ({"selected_option": 4}, "not-told"),
        (None, "not-told"),
        ({"enable": "no"}, "unknown-value"),
        ({"enable": True, "selected_option": "4"}, "unknown-value"),
        ({"enable": True, "selected_option": True}, "unknown-value"),
        ({"enable": True, "selected_option": 4, "user_email_addresses": 5}, "unknown-value"),
        (5, "unknown-value"),
    ],
)
def test_an_allow_list_is_open_shut_or_unknown(
    canned: Canned, raw: object, value: object
) -> None:
    canned.chat = {"allow_users_to_add_contacts": raw}
    lists = canned.zoom().allow_lists("g1")
    assert told(lists.adding) == value
    assert isinstance(lists.chatting, Unknown)
