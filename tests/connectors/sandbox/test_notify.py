"""The sandbox's Notify, as Notify's own client finds it, and Graph's sendMail."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from connectors.sandbox.core import Core
from connectors.sandbox.wire import Answer, Request
from tests.connectors.sandbox.support import IDENTITY, NOW, assertion, form, records

TO, NUMBER = "security.mdi@justice.example", "+447700900123"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class There:
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.core = Core(records(), IDENTITY, self.clock)
        self.notify = self.core.notify
        self.templates = {kind: id_ for id_, kind in self.notify.templates.items()}

    def token(self, **claims: object) -> str:
        usual = {"iss": self.notify.service_id, "iat": int(self.clock.now.timestamp())}
        return jwt.encode(usual | claims, self.notify.secret, algorithm="HS256")

    def ask(
        self, method: str, path: str, body: object = None, token: str | None = None
    ) -> Answer:
        bearer = self.token() if token is None else token
        path, _, query = path.partition("?")
        pairs = dict([query.split("=")]) if query else {}
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        content = b"" if body is None else json.dumps(body).encode()
        return self.core.handle(Request(method, f"/v2/{path}", pairs, headers, content))

    def text(self, to: str = NUMBER, **changed: object) -> Answer:
        body = {
            "phone_number": to,
            "template_id": self.templates["sms"],
            "personalisation": {"text": "INC-1"},
            "reference": "INC-1.1",
        }
        return self.ask("POST", "notifications/sms", body | changed)

    def mail(self, to: str = TO, **changed: object) -> Answer:
        body = {
            "email_address": to,
            "template_id": self.templates["email"],
            "personalisation": {"subject": "INC-1", "body": "Please"},
            "reference": "INC-1.1",
        }
        return self.ask("POST", "notifications/email", body | changed)


@pytest.fixture
def there() -> There:
    return There()


def error(answer: Answer) -> tuple[int, str, str]:
    (told,) = answer.body["errors"]
    assert answer.body["status_code"] == answer.status
    return answer.status, told["error"], told["message"]


def test_a_message_is_answered_as_documented(there: There) -> None:
    told = there.mail()
    assert told.status == 201
    assert set(told.body) == {
        "id", "reference", "content", "uri", "template", "scheduled_for",
    }  # fmt: skip
    assert told.body["content"] == {"subject": "INC-1", "body": "Please"}
    assert told.body["reference"] == "INC-1.1"


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", (401, "AuthError", "Unauthorized: authentication token must be provided")),
        ("canary", (403, "AuthError", "Invalid token: API key not found")),
    ],
)
def test_who_is_not_known_is_refused(there: There, token: str, said: Any) -> None:
    assert error(there.ask("GET", "notifications", token=token)) == said


@pytest.mark.parametrize("seconds", [-31, 31])
def test_a_clock_that_is_half_a_minute_wrong_is_refused(there: There, seconds: int) -> None:
    at = int((there.clock.now + timedelta(seconds=seconds)).timestamp())
    status, kind, text = error(there.ask("GET", "notifications", token=there.token(iat=at)))
    assert (status, kind) == (403, "AuthError")
    assert "clock" in text


def test_another_service_s_token_is_refused(there: There) -> None:
    assert error(there.ask("GET", "notifications", token=there.token(iss="x")))[0] == 403


@pytest.mark.parametrize(
    ("changed", "kind", "text"),
    [
        ({"template_id": "x"}, "ValidationError", "template_id is not a valid UUID"),
        ({"phone_number": "x"}, "ValidationError", "phone_number Must not contain letters"),
        ({"phone_number": "07700"}, "ValidationError", "phone_number Not enough digits"),
        ({"phone_number": "077009001234"}, "ValidationError", "phone_number Too many digits"),
        ({"phone_number": "020 1234"}, "ValidationError", "phone_number Not a UK mobile"),
        ({"personalisation": {}}, "BadRequestError", "Missing personalisation: text"),
        ({"personalisation": 7}, "ValidationError", "personalisation is not of type object"),
        ({"else": 7}, "ValidationError", "Additional properties are not allowed"),
        (
            {"template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a"},
            "BadRequestError",
            "Template not found",
        ),
    ],
)
def test_what_is_wrong_is_said_in_notify_s_words(
    there: There, changed: dict[str, Any], kind: str, text: str
) -> None:
    status, told, said = error(there.text(**changed))
    assert (status, told) == (400, kind)
    assert said.startswith(text)
    assert there.notify.kept == []


def test_a_template_is_for_its_kind_alone(there: There) -> None:
    assert error(there.text(template_id=there.templates["email"]))[1] == "BadRequestError"


def test_a_team_s_key_sends_to_the_team_alone(there: There) -> None:
    there.notify.team = (NUMBER,)
    assert there.text().status == 201
    status, kind, text = error(there.text("07700900456"))
    assert (status, kind) == (400, "BadRequestError")
    assert "team-only" in text


@pytest.mark.parametrize(
    ("limit", "kind"), [("per_minute", "RateLimitError"), ("per_day", "TooManyRequestsError")]
)
def test_limits_are_told_apart(there: There, limit: str, kind: str) -> None:
    setattr(there.notify, limit, 2)
    assert [there.text().status for _ in range(2)] == [201, 201]
    assert error(there.text())[:2] == (429, kind)
    there.clock.now += timedelta(days=1)
    assert there.text().status == 201


def test_the_same_words_again_and_again_are_blocked_by_the_network(there: There) -> None:
    for _ in range(21):
        assert there.text().status == 201
    found = [row["status"] for row in there.notify.kept]
    assert found == ["delivered"] * 20 + ["permanent-failure"]
    there.clock.now += timedelta(hours=2)
    there.text()
    assert there.notify.kept[-1]["status"] == "delivered"


def test_what_was_taken_is_found_by_its_reference(there: There) -> None:
    id_ = there.text().body["id"]
    there.text(reference="INC-2.1")
    (row,) = there.ask("GET", "notifications?reference=INC-1.1").body["notifications"]
    assert (row["id"], row["phone_number"]) == (id_, NUMBER)
    assert there.ask("GET", f"notifications/{id_}").body["id"] == id_
    assert there.ask("GET", "notifications/none").status == 404


@pytest.mark.parametrize(
    "to", ["simulate-delivered@notifications.service.gov.uk", "07700900000"]
)
def test_smoke_tests_are_answered_and_nothing_is_kept(there: There, to: str) -> None:
    there.notify.receipts.url = "http://127.0.0.1:1/"
    told = there.mail(to) if "@" in to else there.text(to)
    assert told.status == 201
    assert (there.notify.kept, there.notify.receipts.take()) == ([], [])


@pytest.mark.parametrize(
    ("to", "status"),
    [
        (TO, "delivered"),
        ("temp-fail@simulator.notify", "temporary-failure"),
        ("perm-fail@simulator.notify", "permanent-failure"),
        ("07700900003", "temporary-failure"),
        ("07700900002", "permanent-failure"),
    ],
)
def test_a_receipt_says_what_became_of_it(there: There, to: str, status: str) -> None:
    there.notify.receipts.url, there.notify.receipts.token = "http://127.0.0.1:1/", "secret"
    _ = there.mail(to) if "@" in to else there.text(to)
    (receipt,) = there.notify.receipts.take()
    told = json.loads(receipt.body)
    assert receipt.headers["Authorization"] == "Bearer secret"
    assert (told["status"], told["reference"]) == (status, "INC-1.1")
    assert told["to"] == (to if "@" in to else f"+44{to[1:]}")
    assert set(told) == {
        "id", "reference", "to", "status", "created_at", "completed_at", "sent_at",
        "notification_type", "template_id", "template_version",
    }  # fmt: skip
    assert len(there.notify.take()) == (status == "delivered")


def test_a_receipt_that_is_not_taken_comes_again_five_times(there: There) -> None:
    there.notify.receipts.url = "http://127.0.0.1:1/"
    there.text()
    tries = 0
    while due := there.notify.receipts.take():
        tries += 1
        there.notify.receipts.sent(due[0], 503)
        there.clock.now += timedelta(minutes=5)
    assert tries == 6


def test_a_template_shows_its_places(there: There) -> None:
    told = there.ask("GET", f"template/{there.templates['email']}").body
    assert (told["type"], set(told["personalisation"])) == ("email", {"subject", "body"})
    assert there.ask("GET", "template/none").status == 404


def mail_token(there: There) -> str:
    entra = there.core.entra
    url = f"{there.core.base_url}/{IDENTITY.tenant_id}/oauth2/v2.0/token"
    signed = assertion(url, entra.mail_client_id, IDENTITY.signed, there.clock.now)
    body = urlencode(form(entra.mail_client_id, signed)).encode()
    told = there.core.handle(
        Request("POST", f"/{IDENTITY.tenant_id}/oauth2/v2.0/token", {}, {}, body)
    )
    return str(told.body["access_token"])


def send(there: There, body: bytes, user: str = "callsteward@justice.example") -> Answer:
    headers = {
        "authorization": f"Bearer {mail_token(there)}", "content-type": "text/plain",
    }  # fmt: skip
    return there.core.handle(Request("POST", f"/v1.0/users/{user}/sendMail", {}, headers, body))


MIME = base64.b64encode(b"To: a@b.example\r\nSubject: x\r\n\r\nHello\r\n")


def test_graph_takes_a_mail_without_a_word(there: There) -> None:
    told = send(there, MIME)
    assert (told.status, told.body) == (202, None)
    assert told.headers["request-id"]
    assert there.core.outlook.take() == [base64.b64decode(MIME)]
    assert there.core.outlook.take() == []


@pytest.mark.parametrize(
    ("body", "user", "status", "code"),
    [
        (b"***", "callsteward@justice.example", 400, "ErrorMimeContentInvalidBase64String"),
        (b"", "callsteward@justice.example", 400, "ErrorMimeContentInvalidBase64String"),
        (base64.b64encode(b"\r\nx"), "callsteward@justice.example", 400,
         "ErrorInvalidRecipients"),
        (MIME, "nobody@justice.example", 404, "ErrorInvalidUser"),
    ],
)  # fmt: skip
def test_graph_says_what_is_wrong(
    there: There, body: bytes, user: str, status: int, code: str
) -> None:
    told = send(there, body, user)
    assert (told.status, told.body["error"]["code"]) == (status, code)
    assert there.core.outlook.outbox == []


def test_graph_lets_no_app_send_that_may_not(there: There) -> None:
    there.core.entra.mail_roles = ()
    told = send(there, MIME)
    assert (told.status, told.body["error"]["code"]) == (403, "ErrorAccessDenied")
