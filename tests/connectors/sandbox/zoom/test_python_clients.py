"""Other people's Python clients against the sandbox, where the extra `peers` is installed."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.zoom.baseline import flat
from tests.connectors.sandbox.support import NOW

MISSING = [name for name in ("zoomus", "zoom_python_client") if find_spec(name) is None]
pytestmark = [
    pytest.mark.skipif(
        bool(MISSING), reason=f"{', '.join(MISSING)} not there: ./run setup peers"
    ),
    pytest.mark.filterwarnings(  # an odd escape in zoomus's own text, told on its first import
        "ignore:invalid escape sequence"
    ),
]
DEVICE = "K10001"
DAYS = {"from": "2026-11-01", "to": "2026-11-22"}
SECURITY = {"option": "meeting_security"}


@pytest.fixture
def zoomus(sandbox: Any) -> Any:
    """It has an option for each of the two hosts."""
    from zoomus import ZoomClient

    said = sandbox["zoom"]
    return ZoomClient(
        **said["reader"],
        api_account_id=said["account_id"],
        base_uri=said["api_url"],
        oauth_uri=f"{said['oauth_url']}/token",
    )


@pytest.fixture
def cern(sandbox: Any, tmp_path: Path) -> Any:
    """zoom-python-client, CERN's: the address of the token host is a field of its client."""
    from zoom_python_client.zoom_api_client import ZoomApiClient

    said = sandbox["zoom"]
    client = ZoomApiClient(
        said["account_id"],
        **said["reader"],
        api_endpoint=said["api_url"],
        use_path=str(tmp_path),  # else the token goes into our environment
    )
    client.authentication_client.authentication_client.api_base_url = said["oauth_url"]
    return client


@pytest.fixture
def user(steer: Any) -> Any:
    """As it stands in the sandbox's records, with a recording of today."""
    began = {"uuid": "abc==", "id": 7, "start_time": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    steer("PUT", f"records/zoomRecordings/{DEVICE}/one", {**began, "place": "live"})
    return steer("GET", f"records/zoomUsers/{DEVICE}")


def test_zoomus_reads_users_and_settings(zoomus: Any, user: Any, steer: Any) -> None:
    listed = zoomus.user.list(page_size=300).json()["users"]
    assert user in listed
    assert user.items() <= zoomus.user.get(id=user["email"]).json().items()
    settings = zoomus.user.get_settings(id=user["id"]).json()
    secured = zoomus.user.get_settings(id=user["id"], **SECURITY).json()
    assert flat(settings) | flat(secured) == steer("GET", f"records/zoomUserSettings/{DEVICE}")


def test_zoomus_reads_groups_and_their_members(zoomus: Any, user: Any) -> None:
    [group] = user["group_ids"]
    assert group in {one["id"] for one in zoomus.group.list(page_size=300).json()["groups"]}
    members = zoomus.group.list_members(groupid=group).json()["members"]
    assert [one["email"] for one in members] == [user["email"]]


def test_zoomus_finds_a_recording_by_days_and_by_moments(zoomus: Any, user: Any) -> None:
    by_days = zoomus.recording.list(user_id=user["id"], **DAYS).json()
    by_moments = zoomus.recording.list(user_id=user["id"], start=NOW, end=NOW).json()
    [found] = by_days["meetings"]
    assert by_moments["meetings"] == [found]
    assert zoomus.recording.get(meeting_id=found["uuid"]).json() == found
    [past] = zoomus.recording.list(user_id=user["id"]).json()["meetings"]
    assert past == found


def test_zoomus_is_told_what_is_wrong(zoomus: Any) -> None:
    answer = zoomus.user.get(id="nobody")
    assert (answer.status_code, answer.json()["code"]) == (404, 1001)


def test_cern_s_client_reads_users_and_settings(cern: Any, user: Any, steer: Any) -> None:
    assert user.items() <= cern.users.get_user(user["id"]).items()
    path = f"/users/{user['id']}/settings"
    settings = cern.make_get_request(path).json()
    secured = cern.make_get_request(path, SECURITY).json()
    assert flat(settings) | flat(secured) == steer("GET", f"records/zoomUserSettings/{DEVICE}")


def test_cern_s_client_reads_recordings_and_meetings(cern: Any, user: Any, steer: Any) -> None:
    kept = cern.make_get_request(f"/users/{user['id']}/recordings", DAYS).json()
    assert [one["id"] for one in kept["meetings"]] == [7]
    call = steer("POST", "call", {"device": DEVICE, "action": "start", "type": 2})
    live = cern.users.get_user_meetings(user["id"], {"type": "live"})["meetings"]
    assert [one["uuid"] for one in live] == [call["uuid"]]
    assert cern.meetings.get_meeting(str(call["id"]))["status"] == "started"


def test_cern_s_client_asks_for_a_new_token_when_its_own_has_ended(
    cern: Any, user: Any, steer: Any
) -> None:
    cern.users.get_user(user["id"])
    steer("POST", "expire-tokens")
    assert cern.users.get_user(user["id"])["email"] == user["email"]
