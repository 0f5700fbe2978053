"""Notify's delivery receipts: what is Notify's is stored without an address, and acted upon."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent.domain.delivery import UNDELIVERED, where
from agent.domain.mail import letter
from agent.domain.problems import partial
from agent.domain.routes import Recipient
from agent.errors import StoreBusy
from agent.services.deliveries import take_receipt
from agent.store.audit import Audit
from agent.store.deliveries import Deliveries, mail_receipt
from agent.store.engine import Store
from agent.store.incidents import Incidents, mail
from agent.store.seal import Seal
from agent.web.asgi import LARGEST, Places
from agent.web.notify_receipts import PATH, ReceiptTaker
from connectors.sandbox.notify import Notify
from tests.support.calls import POLICY
from tests.support.estates import Clock
from tests.support.stores import a_store
from tests.support.zoom_calls import ask

TOKEN = "a-token-of-more-than-32-characters"
NUMBER, BROKEN = "+447700900123", "+447700900002"
PHONE = Recipient("establishment", "MDI", "duty-phone")
INFOSEC = Recipient("national", "", "infosec")
SEAL = Seal(b"k" * 32)


class There:
    """A store with letters, Notify, and who takes its receipts."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.store: Store = a_store(folder, self.clock)
        self.notify = Notify(self.clock, 1)
        self.notify.receipts.url, self.notify.receipts.token = "http://127.0.0.1/", TOKEN
        self.revision = 0

    def told(self, to: Recipient, number: str) -> str:
        """A letter that Notify took; its id. Each is of another occasion."""
        self.revision += 1
        with self.store.begin() as tx:
            incident = Incidents(tx).raise_for(partial(("Zoom",)))
            about = letter(incident, to, None, (), POLICY.phone, str(self.revision))
            Incidents(tx).tell(incident, to, about, str(self.revision), again=True)
        reference = about.message_id.strip("<>")
        row = {
            "id": f"n{self.revision}", "reference": reference, "status": "delivered",
            "created_at": "", "type": "sms", "template": {"id": "t"},
        }  # fmt: skip
        row["status"] = "permanent-failure" if number == BROKEN else "delivered"
        self.notify.receipts.tell(row, number)
        return reference

    def deliver(self) -> list[int]:
        return [self.post(one.body, one.headers)[0] for one in self.notify.receipts.take()]

    def post(
        self, body: bytes, headers: Any, method: str = "POST", path: str = PATH
    ) -> tuple[int, bytes]:
        return asyncio.run(ask(self.app(), body, headers, method, path))

    def app(self) -> ReceiptTaker:
        return ReceiptTaker(
            TOKEN, SEAL.pseudonym, lambda found: take_receipt(self.store, POLICY, found), 60
        )

    def rows(self) -> list[Mapping[str, Any]]:
        with self.store.read() as tx:
            return [dict(row._mapping) for row in tx.sql.execute(select(mail_receipt))]

    def open(self) -> list[str]:
        with self.store.read() as tx:
            return [one.subject for one in Incidents(tx).open() if one.type == UNDELIVERED]

    def letters_of_it(self) -> list[tuple[str, str]]:
        with self.store.read() as tx:
            ids = [one.id for one in Incidents(tx).open() if one.type == UNDELIVERED]
            rows = tx.sql.execute(select(mail.c.role, mail.c.body, mail.c.incident))
            return [(row.role, row.body) for row in rows if row.incident in ids]


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path)


def test_a_receipt_is_stored_without_the_number(there: There, tmp_path: Path) -> None:
    there.told(PHONE, NUMBER)
    assert there.deliver() == [204]
    (row,) = there.rows()
    assert (row["status"], row["recipient"]) == ("delivered", SEAL.pseudonym(NUMBER))
    assert row["completed_at"] == there.clock.now
    files = b"".join(one.read_bytes() for one in tmp_path.iterdir() if one.is_file())
    assert b"7700900123" not in files


def test_what_became_of_a_letter_is_shown_at_it(there: There) -> None:
    there.told(PHONE, BROKEN)
    there.told(INFOSEC, NUMBER)
    there.told(INFOSEC, NUMBER)
    assert there.deliver() == [204, 204, 204]
    with there.store.read() as tx:
        (first, *_) = Incidents(tx).open()
        found = Deliveries(tx).of_incident(first.id)
    assert found == {
        f"mail/{first.id}/1/duty-phone.MDI/1": "permanent-failure",
        f"mail/{first.id}/1/infosec/2": "delivered",
        f"mail/{first.id}/1/infosec/3": "delivered",
    }


def test_what_was_not_delivered_is_told_to_others_once(there: There) -> None:
    there.told(PHONE, BROKEN)
    there.told(PHONE, BROKEN)
    assert there.deliver() == [204, 204]
    assert there.open() == ["duty-phone.MDI"]
    told = there.letters_of_it()
    assert sorted(role for role, _ in told) == ["infosec", "provider-management"]
    assert all("Where: letters to duty-phone.MDI" in body for _, body in told)
    with there.store.read() as tx:
        raised = [row for row in Audit(tx).rows() if UNDELIVERED in row[1]]
    assert len(raised) == 1


def test_it_is_over_once_a_letter_arrives(there: There) -> None:
    there.told(PHONE, BROKEN)
    there.deliver()
    there.told(INFOSEC, NUMBER)
    there.deliver()
    assert there.open() == ["duty-phone.MDI"]
    there.told(PHONE, NUMBER)
    there.deliver()
    assert there.open() == []


def test_a_receipt_that_comes_late_ends_nothing_that_began_after_it(there: There) -> None:
    there.told(PHONE, NUMBER)
    (older,) = there.notify.receipts.take()
    there.clock.now += timedelta(minutes=5)
    there.told(PHONE, BROKEN)
    there.deliver()
    assert there.post(older.body, older.headers)[0] == 204
    assert there.open() == ["duty-phone.MDI"]


def test_a_repeat_changes_nothing(there: There) -> None:
    there.told(PHONE, BROKEN)
    (one,) = there.notify.receipts.take()
    assert [there.post(one.body, one.headers)[0] for _ in range(2)] == [204, 204]
    with there.store.read() as tx:
        told = [row for row in Audit(tx).rows() if "MAIL_RECEIPT" in row[1]]
    assert (len(there.rows()), len(told)) == (1, 1)


def test_a_receipt_of_no_letter_of_ours_is_kept_and_says_nothing(there: There) -> None:
    body = {"id": "n", "status": "permanent-failure", "to": NUMBER, "reference": None}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert there.post(json.dumps(body).encode(), headers)[0] == 204
    assert (len(there.rows()), there.open()) == (1, [])


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}ü"]
)
def test_who_has_not_the_token_is_refused_without_a_word(there: There, given: str) -> None:
    there.told(PHONE, NUMBER)
    (one,) = there.notify.receipts.take()
    headers = {"Authorization": given.encode().decode("latin-1")} if given else {}
    assert there.post(one.body, headers) == (401, b"")
    assert there.rows() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"id": 7}', b'{"id": "", "status": "s", "to": "t"}',
     b'{"id": "n", "status": "' + b"s" * 33 + b'", "to": "t"}'],
)  # fmt: skip
def test_what_is_no_receipt_is_refused(there: There, body: bytes) -> None:
    assert there.post(body, {"Authorization": f"Bearer {TOKEN}"}) == (400, b"")


def test_a_time_that_is_none_is_no_reason_to_lose_a_receipt(there: There) -> None:
    body = b'{"id": "n", "status": "delivered", "to": "t", "completed_at": "soon"}'
    assert there.post(body, {"Authorization": f"Bearer {TOKEN}"})[0] == 204
    assert there.rows()[0]["completed_at"] is None


@pytest.mark.parametrize(("method", "path", "status"), [("GET", PATH, 405), ("POST", "/", 404)])
def test_nothing_else_is_there(there: There, method: str, path: str, status: int) -> None:
    assert there.post(b"{}", {}, method, path) == (status, b"")
    app = Places({PATH: there.app()})
    assert asyncio.run(ask(app, b"{}", {}, method, path)) == (status, b"")


def test_a_body_larger_than_any_receipt_is_not_read(there: There) -> None:
    assert there.post(b"x" * (LARGEST + 1), {}) == (413, b"")


def test_a_store_that_is_busy_makes_notify_send_it_again(there: There) -> None:
    def busy(found: object) -> object:
        raise StoreBusy("busy")

    app = ReceiptTaker(TOKEN, SEAL.pseudonym, busy)
    body = b'{"id": "n", "status": "delivered", "to": "t"}'
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert asyncio.run(ask(app, body, headers, path=PATH)) == (503, b"")


def test_a_region_s_name_is_in_no_letter() -> None:
    assert where("duty-phone.MDI") == "duty-phone.MDI"
    assert where("infosec") == "infosec"
    assert where("regional-silver.Canary Region") == "an inbox of a region"
