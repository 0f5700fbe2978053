"""Each channel as the settings make it, against the sandbox as a process of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.channel_wiring import routes_of
from agent.domain.channels import MAIL, SIEM, SMS
from agent.errors import Misconfigured, Refused, TryAgain
from agent.ports.alerts import Channel
from agent.settings import Settings
from tests.connectors.alerts.contract import INBOX, NOTE, NUMBER
from tests.support.outside import PREFIX, Outside, until

PHONE = "0203 334 0324"


def settings(outside: Outside, folder: Path, **changed: Any) -> Settings:
    """An agent whose mail goes by Graph or Notify and that knows every channel."""
    notify, graph = outside.said["notify"], outside.said["graph"]
    key = folder / "notify-key"
    key.write_text(notify["api_key"] + "\n", encoding="utf-8")
    usual = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in outside.environment(folder).items()
    }
    given: dict[str, Any] = usual | {
        "mail_graph_tenant_id": graph["tenant_id"],
        "mail_graph_client_id": graph["mail_client_id"],
        "mail_graph_certificate_file": graph["certificate_file"],
        "mail_graph_private_key_file": graph["private_key_file"],
        "notify_url": notify["base_url"],
        "notify_api_key_file": key,
        "notify_email_template_id": notify["email_template_id"],
        "notify_sms_template_id": notify["sms_template_id"],
        "siem_file": folder / "siem.jsonl",
    }
    return Settings(**(given | changed))


def by(name: str, outside: Outside, folder: Path, **changed: Any) -> Channel:
    return routes_of(settings(outside, folder, **changed), PHONE)[name]


@pytest.fixture(autouse=True)
def well(outside: Outside) -> None:
    outside.reset()
    outside.control("PUT", "notify", {"ahead": 0, "per_minute": 3000, "per_day": 250_000})


def test_a_letter_by_graph_arrives_byte_for_byte(outside: Outside, tmp_path: Path) -> None:
    note = replace(NOTE, message_id="<by-graph@callsteward.invalid>")
    told = by(MAIL, outside, tmp_path, mail_channel="graph").send(note, to=INBOX)
    assert told.startswith("202 request-id ")
    until(lambda: [m for m in outside.mails() if m["Message-ID"] == note.message_id])
    (mail,) = [m for m in outside.mails() if m["Message-ID"] == note.message_id]
    assert (mail["To"], mail["Subject"]) == (INBOX, NOTE.subject)
    assert mail.get_content().replace("\r\n", "\n") == NOTE.body


def test_a_letter_by_notify_arrives_and_is_found_again(
    outside: Outside, tmp_path: Path
) -> None:
    channel = by(MAIL, outside, tmp_path, mail_channel="notify")
    note = replace(NOTE, message_id="<by-notify@callsteward.invalid>", subject="INC-77 HIGH")
    assert channel.earlier(note, to=INBOX) is None
    told = channel.send(note, to=INBOX)
    assert channel.earlier(note, to=INBOX) == f"{told} (taken before, 1 in all)"
    until(lambda: [m for m in outside.mails() if m["Subject"] == "INC-77 HIGH"])


def test_a_text_message_is_one_to_the_number(outside: Outside, tmp_path: Path) -> None:
    note = replace(NOTE, message_id="<by-sms@callsteward.invalid>")
    by(SMS, outside, tmp_path).send(note, to=NUMBER)
    kept = outside.control("GET", "notify")["kept"]
    (row,) = [one for one in kept if one["reference"] == "by-sms@callsteward.invalid"]
    assert row["phone_number"] == NUMBER
    assert row["body"].endswith(f"Ring Infosec {PHONE}")


@pytest.mark.parametrize("name", [MAIL, SMS, SIEM])
@pytest.mark.parametrize("way", ["smtp", "graph", "notify"])
def test_each_way_can_be_tried_without_a_letter(
    outside: Outside, tmp_path: Path, name: str, way: str
) -> None:
    before = len(outside.mails()), outside.control("GET", "notify")["kept"]
    route: Any = by(name, outside, tmp_path, mail_channel=way)
    assert route.try_out(to=INBOX).says.endswith(".")
    assert (len(outside.mails()), outside.control("GET", "notify")["kept"]) == before
    assert not (tmp_path / "siem.jsonl").exists()


def test_an_app_that_may_not_send_is_told_before_any_letter(
    outside: Outside, tmp_path: Path
) -> None:
    outside.control("PUT", "roles", {"mail": []})
    route: Any = by(MAIL, outside, tmp_path, mail_channel="graph")
    with pytest.raises(Refused, match=r"has no Mail\.Send"):
        route.try_out(to=INBOX)
    with pytest.raises(Refused, match="403 ErrorAccessDenied"):
        route.send(NOTE, to=INBOX)


def test_a_sender_without_a_mailbox_is_refused(outside: Outside, tmp_path: Path) -> None:
    channel = by(
        MAIL, outside, tmp_path, mail_channel="graph", mail_from="nobody@justice.example"
    )
    with pytest.raises(Refused, match="404 ErrorInvalidUser") as told:
        channel.send(NOTE, to=INBOX)
    assert "nobody" not in str(told.value)
    assert "CALLSTEWARD_MAIL_FROM" in told.value.hint


def test_a_clock_that_is_ahead_is_named(outside: Outside, tmp_path: Path) -> None:
    outside.control("PUT", "notify", {"ahead": 90})
    with pytest.raises(Refused) as told:
        by(SMS, outside, tmp_path).send(NOTE, to=NUMBER)
    assert "clock" in told.value.hint


@pytest.mark.parametrize(("endpoint", "name"), [("sendMail", MAIL), ("notify.sms", SMS)])
@pytest.mark.parametrize("fault", ["busy", "error-503", "cut", "lost", "html-502"])
def test_what_fails_for_now_is_tried_again(
    outside: Outside, tmp_path: Path, endpoint: str, name: str, fault: str
) -> None:
    failures = [{"endpoint": endpoint, "fault": fault}]
    outside.control("PUT", "failures", {"failures": failures})
    with pytest.raises(TryAgain):
        by(name, outside, tmp_path, mail_channel="graph").send(NOTE, to=NUMBER)


@pytest.mark.parametrize(
    "unset",
    [
        "mail_graph_tenant_id", "mail_graph_client_id", "mail_graph_certificate_file",
        "mail_graph_private_key_file", "mail_from",
    ],
)  # fmt: skip
def test_what_graph_needs_is_named(outside: Outside, tmp_path: Path, unset: str) -> None:
    with pytest.raises(Misconfigured, match=f"CALLSTEWARD_{unset.upper()} is not set"):
        by(MAIL, outside, tmp_path, mail_channel="graph", **{unset: None})


@pytest.mark.parametrize("unset", ["notify_api_key_file", "notify_email_template_id"])
def test_what_notify_needs_is_named(outside: Outside, tmp_path: Path, unset: str) -> None:
    with pytest.raises(Misconfigured, match=f"CALLSTEWARD_{unset.upper()} is not set"):
        by(MAIL, outside, tmp_path, mail_channel="notify", **{unset: None})
