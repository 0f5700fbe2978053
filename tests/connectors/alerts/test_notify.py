"""The contract of channels, kept by GOV.UK Notify's own client over real sockets."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import jwt
import pytest

from agent.domain.sms import sms
from agent.errors import Misconfigured, Refused, TryAgain, UnknownReply
from agent.ports.alerts import Channel
from connectors.alerts.notify import NotifyChannel, Service
from connectors.http import Reach, utc_now
from tests.connectors.alerts.contract import (
    AMPLE,
    INBOX,
    NOTE,
    NUMBER,
    SHORT,
    ChannelContract,
    Faulty,
    Taken,
    pytest_generate_tests,
)
from tests.connectors.alerts.test_channels import nobody
from tests.support.http_lines import Server, answer
from tests.support.sockets import Talk

__all__ = ["pytest_generate_tests"]
Serve = Callable[[Talk], int]
KEY = "canarysecret-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
ID = "740e5834-3a29-46b4-9a6f-16142fde533a"
OTHER = "740e5834-3a29-46b4-9a6f-16142fde533b"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
PHONE = "0203 334 0324"


def no(status: int, error: str, text: str = f"no, {INBOX} {NUMBER}", **headers: str) -> bytes:
    told = {"status_code": status, "errors": [{"error": error, "message": text}]}
    return answer(status, told, **headers)


SAID = {
    "good": answer(201, {"id": ID, "reference": "r", "content": {"body": "canarybody"}}),
    "busy": answer(503, b"<html>away</html>"),
    "broken": no(500, "Exception"),
    "refused": no(400, "BadRequestError"),
    "not valid": no(400, "ValidationError"),
    "rate": no(429, "RateLimitError"),
    "limit of the day": no(429, "TooManyRequestsError"),
    "key": no(403, "AuthError", "Invalid token: API key not found"),
    "no token": no(401, "AuthError"),
    "clock": no(403, "AuthError", "Error: Your system clock must be accurate"),
    "odd": answer(201, b"<html>canarybody</html>"),
    "a list": answer(201, []),
    "no id": answer(201, {"id": "canarybody"}),
    "elsewhere": answer(302, None, Location="http://127.0.0.1:1/"),
}


def row(id_: str, at: str = "2026-11-22T02:05:01.000000Z", **changed: str) -> Any:
    """One message as Notify lists it."""
    to = {"email_address": INBOX, "phone_number": NUMBER}
    return {"id": id_, "created_at": at, **to, **changed}


class OfNotify(ChannelContract):
    KIND: ClassVar[Any]
    FAULTS: ClassVar = {
        **ChannelContract.FAULTS,
        "broken": TryAgain,
        "not valid": Refused,
        "rate": TryAgain,
        "limit of the day": TryAgain,
        "key": Refused,
        "no token": Refused,
        "clock": Refused,
        "a list": UnknownReply,
        "no id": UnknownReply,
        "elsewhere": UnknownReply,
        "certificate": Refused,
    }

    def reached(
        self, port: int, limit: timedelta = AMPLE, tls: bool = False, ca: Path | None = None
    ) -> NotifyChannel:
        url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        service = Service(
            key=KEY, url=url, reach=Reach(deadline=limit, ca_bundle=ca), now=utc_now
        )
        fields: Any = {
            "email": lambda note: {"subject": note.subject, "body": note.body},
            "sms": lambda note: {"text": sms(note, PHONE)},
        }[self.KIND]
        return NotifyChannel(service, self.KIND, TEMPLATE, fields)

    @pytest.fixture
    def server(self) -> Server:
        return Server(lambda asked: SAID["good"])

    @pytest.fixture
    def channel(self, serve: Serve, server: Server) -> Channel:
        return self.reached(serve(server.talk()))

    @pytest.fixture
    def taken(self, server: Server) -> Taken:
        return lambda: [
            (str(json.loads(one.body)["reference"]), one.body) for one in server.asked
        ]

    @pytest.fixture
    def faulty(self, serve: Serve, tls_port: int) -> Faulty:
        def make(fault: str) -> Channel:
            if fault == "certificate":
                return self.reached(tls_port, tls=True)
            if fault == "away":
                return self.reached(nobody(), SHORT)
            ill = Server(
                lambda asked: SAID[fault],
                drip=lambda asked: fault == "drip",
                cut=lambda asked: fault == "cut",
            )
            return self.reached(serve(ill.talk()), SHORT)

        return make

    def test_the_authority_of_the_settings_is_trusted(
        self, tls_port: int, trusted: Path
    ) -> None:
        """What answers there is not Notify, but it was believed to be who it is."""
        with pytest.raises(UnknownReply):
            self.reached(tls_port, tls=True, ca=trusted).earlier(NOTE, to=self.TO)

    def test_the_answer_is_notify_s_id(self, channel: Channel) -> None:
        assert channel.send(NOTE, to=self.TO) == f"201 {ID}"

    def test_a_clock_that_is_wrong_is_told_as_such(self, faulty: Faulty) -> None:
        with pytest.raises(Refused) as told:
            faulty("clock").send(NOTE, to=self.TO)
        assert "clock" in told.value.hint

    @pytest.mark.parametrize(("which", "seconds"), [("rate", 60), ("limit of the day", 600)])
    def test_a_limit_says_how_long_to_wait(
        self, faulty: Faulty, which: str, seconds: int
    ) -> None:
        with pytest.raises(TryAgain) as told:
            faulty(which).send(NOTE, to=self.TO)
        assert told.value.after == timedelta(seconds=seconds)

    def test_the_kind_of_a_no_is_told_and_not_its_words(self, faulty: Faulty) -> None:
        with pytest.raises(Refused, match=rf"^GOV.UK Notify: send {self.KIND}: 400 BadReq"):
            faulty("refused").send(NOTE, to=self.TO)

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            ([], None),
            ([row(ID)], f"201 {ID} (taken before, 1 in all)"),
            ([row(ID), row(OTHER)], f"201 {ID} (taken before, 2 in all)"),
            (
                [row(ID, at="2026-11-15T02:05:00.000000Z"), row(OTHER)],
                f"201 {OTHER} (taken before, 1 in all)",
            ),
            ([row(ID, at="2026-11-15T02:05:00.000000Z")], None),
            ([row(ID, at="soon")], None),
            (
                [row(ID, email_address="other@justice.example", phone_number="07700900124")],
                None,
            ),
            (
                [row(ID, phone_number="07700 900123", email_address=INBOX.upper())],
                f"201 {ID} (taken before, 1 in all)",
            ),
            (["odd"], None),
        ],
    )
    def test_what_notify_took_before_is_asked_by_our_reference(
        self, serve: Serve, rows: list[Any], told: str | None
    ) -> None:
        server = Server(lambda asked: answer(200, {"notifications": rows, "links": {}}))
        assert self.reached(serve(server.talk())).earlier(NOTE, to=self.TO) == told
        (asked,) = server.asked
        assert asked.method == "GET"
        assert asked.path == (
            "/v2/notifications?reference=INC-2026-00042.1.security.MDI%40callsteward.invalid"
        )

    def test_a_look_that_tells_nothing_is_not_taken_for_no(self, serve: Serve) -> None:
        server = Server(lambda asked: answer(200, {"links": {}}))
        with pytest.raises(UnknownReply):
            self.reached(serve(server.talk())).earlier(NOTE, to=self.TO)

    @pytest.mark.parametrize("places", [{}, {"text": {}, "subject": {}, "body": {}}])
    def test_a_template_with_other_places_is_told(self, serve: Serve, places: Any) -> None:
        told = {"type": self.KIND, "personalisation": places}
        server = Server(lambda asked: answer(200, told))
        with pytest.raises(Misconfigured, match="other places"):
            self.reached(serve(server.talk())).try_out(to="")

    def test_a_template_of_another_kind_is_told(self, serve: Serve) -> None:
        server = Server(lambda asked: answer(200, {"type": "letter", "personalisation": {}}))
        with pytest.raises(UnknownReply):
            self.reached(serve(server.talk())).try_out(to="")

    def test_a_key_that_is_none_is_told_at_the_start(self) -> None:
        service = Service(key="canary", url="https://x", reach=Reach(), now=utc_now)
        with pytest.raises(Misconfigured) as told:
            NotifyChannel(service, self.KIND, TEMPLATE, lambda note: {})
        assert "canary" not in f"{told.value}{told.value.hint}{service!r}"


class TestNotifyMail(OfNotify):
    KIND: ClassVar = "email"

    def test_it_is_the_template_filled_with_subject_and_body(
        self, channel: Channel, server: Server
    ) -> None:
        channel.send(NOTE, to=INBOX)
        (asked,) = server.asked
        assert asked.path == "/v2/notifications/email"
        assert json.loads(asked.body) == {
            "email_address": INBOX,
            "template_id": TEMPLATE,
            "personalisation": {"subject": NOTE.subject, "body": NOTE.body},
            "reference": "INC-2026-00042.1.security.MDI@callsteward.invalid",
        }


class TestNotifySms(OfNotify):
    KIND: ClassVar = "sms"
    TO: ClassVar = NUMBER

    def test_it_is_the_text_message_and_nothing_of_the_body(
        self, channel: Channel, server: Server
    ) -> None:
        channel.send(NOTE, to=NUMBER)
        (asked,) = server.asked
        assert asked.path == "/v2/notifications/sms"
        told = json.loads(asked.body)
        assert told["phone_number"] == NUMBER
        assert told["personalisation"] == {"text": sms(NOTE, PHONE)}


def test_who_is_asked_is_proven_as_notify_wants_it(serve: Serve) -> None:
    """HS256 with the key's secret; issuer and time (facts on Notify)."""
    server = Server(lambda asked: SAID["good"])
    TestNotifySms().reached(serve(server.talk())).send(NOTE, to=NUMBER)
    token = server.asked[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, KEY[-36:], algorithms=["HS256"])
    assert claims["iss"] == KEY[-73:-37]
    assert abs(claims["iat"] - utc_now().timestamp()) < 30
