"""One incident, told by every channel at once: real settings, processes and sockets."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent.domain.mail import letter
from agent.domain.problems import partial
from agent.domain.routes import Recipient
from agent.settings import Settings
from agent.store.audit import Audit
from agent.store.deliveries import Deliveries
from agent.store.engine import Store
from agent.store.incidents import Incidents, mail
from agent.store.opening import open_store
from agent.store.people import inbox
from agent.tick import Worker
from agent.wiring import MAIL_SLOTS, mdm_of, worker_of
from connectors.http import utc_now
from tests.connectors.alerts.test_channels import nobody
from tests.connectors.alerts.test_on_the_sandbox import settings
from tests.support.calls import POLICY
from tests.support.http_lines import Server, answer
from tests.support.outside import PREFIX, Outside, until
from tests.support.receiving import process
from tests.support.sockets import serving

AN_HOUR = timedelta(hours=1)  # by then each letter that waits is due again
INFOSEC, PHONE, CHAT, SIEM = (
    Recipient("national", "", "infosec"),
    Recipient("establishment", "MDI", "duty-phone"),
    Recipient("national", "", "chat"),
    Recipient("national", "", "siem"),
)
NUMBER = "+447700900123"
TOKEN = "a-token-of-more-than-32-characters"


@pytest.fixture
def store(outside: Outside, tmp_path: Path) -> Iterator[Store]:
    """The estate's inboxes, and the duty phone of one establishment."""
    with closing(outside.filled_store(tmp_path)) as store:
        duty = {"scope": "establishment", "code": "MDI", "role": "duty-phone"}
        with store.begin() as tx:
            tx.sql.execute(inbox.insert().values(**duty, address=NUMBER))
        yield store


def owed(store: Store, number: str = NUMBER) -> str:
    """An incident that all four are told of; its id."""
    with store.begin() as tx:
        incident = Incidents(tx).raise_for(partial(("Zoom",)))
        for to in (INFOSEC, PHONE, CHAT, SIEM):
            what = letter(incident, to, None, (), POLICY.phone)
            Incidents(tx).tell(incident, to, what, "", again=False)
    return incident.id


def worker(settings: Settings, store: Store) -> Worker:
    return worker_of(settings, store, mdm_of(settings), MAIL_SLOTS)


def round_of(worker: Worker) -> None:
    """Each letter that is due is tried once."""
    worker.tick(lambda lane, key: worker.perform(key))


def answers(store: Store) -> dict[str, str | None]:
    with store.read() as tx:
        rows = tx.sql.execute(select(mail.c.role, mail.c.answer))
        return {row.role: row.answer for row in rows}


def configured(outside: Outside, folder: Path, chat: int, **changed: Any) -> Settings:
    urls = folder / "chats"
    urls.write_text(f"# our chats\n\njson://127.0.0.1:{chat}/canary\n", encoding="utf-8")
    return settings(outside, folder, apprise_urls_file=urls, **changed)


@pytest.mark.parametrize("way", ["smtp", "graph", "notify"])
def test_every_channel_takes_its_letter(
    outside: Outside, tmp_path: Path, store: Store, way: str
) -> None:
    chat = Server(lambda asked: answer(200))
    with serving(chat.talk()) as port:
        incident = owed(store)
        round_of(worker(configured(outside, tmp_path, port, mail_channel=way), store))
    found = answers(store)
    assert found.keys() == {"infosec", "duty-phone", "chat", "siem"}
    assert all(found.values()), found
    assert "canary" not in str(found)
    (said,) = chat.asked
    assert json.loads(said.body)["title"].startswith(incident)
    (line,) = (tmp_path / "siem.jsonl").read_text().splitlines()
    assert (json.loads(line)["incident"], json.loads(line)["to"]) == (incident, "siem")
    texts = [one["body"] for one in outside.control("GET", "notify")["kept"]]
    assert any(incident in text and "for duty-phone.MDI" in text for text in texts)


def test_a_chat_that_is_away_keeps_nobody_else_from_being_told(
    outside: Outside, tmp_path: Path, store: Store
) -> None:
    owed(store)
    round_of(worker(configured(outside, tmp_path, nobody()), store))
    found = answers(store)
    assert [role for role, answer in found.items() if answer is None] == ["chat"]


def test_what_is_told_by_a_channel_that_nobody_set_up_stays_owed(
    outside: Outside, tmp_path: Path, store: Store
) -> None:
    owed(store)
    unset: dict[str, Any] = {"siem_file": None, "notify_sms_template_id": None}
    round_of(worker(settings(outside, tmp_path, **unset), store))
    found = answers(store)
    taken = {role for role, answer in found.items() if answer}
    assert taken == {"infosec", "duty-phone"}  # whose letter went to who stands in


def test_the_duty_phone_s_receipt_comes_back_to_its_letter(
    outside: Outside, tmp_path: Path, store: Store
) -> None:
    token = tmp_path / "receipts-token"
    token.write_text(TOKEN, encoding="utf-8")
    given = {
        f"{PREFIX}DATA_DIR": str(tmp_path), f"{PREFIX}NOTIFY_RECEIPTS_TOKEN_FILE": str(token),
    }  # fmt: skip
    with process("receive", "--port", "0", settings=given) as child:
        assert child.stdout is not None
        line = child.stdout.readline().split()
        assert line[:3] == ["callsteward", "receives", "Notify's"]
        outside.control("PUT", "notify", {"receipts": line[-1], "token": TOKEN})
        incident = owed(store)
        round_of(worker(settings(outside, tmp_path), store))

        def shown() -> dict[str, str]:
            with store.read() as tx:
                return Deliveries(tx).of_incident(incident)

        until(shown)
    assert shown() == {f"mail/{incident}/1/duty-phone.MDI": "delivered"}


def test_a_text_message_whose_answer_was_lost_is_looked_up_and_not_sent_twice(
    outside: Outside, tmp_path: Path, store: Store
) -> None:
    lost = [{"endpoint": "notify.sms", "fault": "lost", "times": 1}]
    outside.control("PUT", "failures", {"failures": lost})
    given = settings(outside, tmp_path)
    incident = owed(store)
    round_of(worker(given, store))
    assert answers(store)["duty-phone"] is None
    with closing(open_store(given.database, lambda: utc_now() + AN_HOUR)) as later:
        round_of(worker(given, later))
        assert str(answers(later)["duty-phone"]).endswith("(taken before, 1 in all)")
        with later.read() as tx:
            rows = [row[1] for row in Audit(tx).rows() if "MAIL_ACCEPTED" in row[1]]
    sent = [one for one in outside.control("GET", "notify")["kept"] if incident in one["body"]]
    assert len(sent) == 1
    assert len([row for row in rows if '"sms"' in row and incident in row]) == 1
