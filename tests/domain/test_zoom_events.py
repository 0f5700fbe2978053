"""Which of Zoom's events are a sign that speech is kept, and what a letter says of it."""

from datetime import UTC, datetime

import pytest

from agent.domain.call_incidents import RECORDED
from agent.domain.incident import Incident
from agent.domain.mail import letter
from agent.domain.routes import Recipient
from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import ACCOUNT, REASONS, Sign, ZoomEvent


def event(name: str, uuid: str = "u==") -> ZoomEvent:
    return ZoomEvent(name=name, at=None, meeting=LiveMeeting("81", uuid), host="h")


@pytest.mark.parametrize(
    ("name", "sign", "begins"),
    [
        ("recording.started", Sign.RECORDING, True),
        ("recording.completed", Sign.RECORDING, False),
        ("meeting.ai_companion_started", Sign.COMPANION, True),
        ("meeting.summary_completed", Sign.COMPANION, False),
        ("meeting.started", None, False),
        ("recording.cloud_storage_usage_updated", None, False),
    ],
)
def test_a_sign_is_a_start_or_what_comes_after_one(
    name: str, sign: Sign | None, begins: object
) -> None:
    assert (event(name).sign, event(name).begins) == (sign, begins)


def test_a_holding_is_named_by_its_uuid_else_by_its_number() -> None:
    assert (event("x").holding, event("x", "").holding) == ("u==", "81")


def test_a_letter_about_the_account_says_that_nobody_knows_the_ipad() -> None:
    at = datetime(2026, 11, 20, 14, tzinfo=UTC)
    told = Incident(
        id="INC-2026-00001", type=RECORDED.name, subject=ACCOUNT, establishment="",
        reason=REASONS[Sign.RECORDING], because="", category=RECORDED.category,
        severity=RECORDED.severity, revision=1, opened_at=at, changed_at=at,
    )  # fmt: skip
    found = letter(told, Recipient("national", "", "infosec"), RECORDED, (), "0203 334 0324")
    assert found.subject == "INC-2026-00001 HIGH"
    text = " ".join(found.body.split())
    assert "Where: our Zoom account; nobody knows yet whether it is an iPad's meeting" in text
    assert "0203 334 0324" in text
