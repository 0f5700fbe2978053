"""Intune and mail over real sockets, against the sandbox as a process of its own."""

import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Any

import pytest

from agent.domain.facts import Known, Unknown
from agent.errors import Refused
from connectors.alerts.smtp import SmtpMailer
from connectors.http import Reach
from connectors.mdm.intune import IntuneMdm
from connectors.retry import Patience
from connectors.sandbox.mail import read_all
from connectors.sandbox.run import Options, running
from tests.connectors.mdm.contract import COSTLY, MdmContract, every, no_beat

ESTABLISHMENTS = Path(__file__).parents[2] / "config" / "establishments.csv"

Said = Mapping[str, Any]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    options = Options(
        establishments_file=ESTABLISHMENTS,
        establishments=4,
        data=tmp_path_factory.mktemp("sandbox"),
    )
    with running(options) as said:
        control(said, "POST", "plant", {"name": "duplicate-serial"})
        yield said


def control(said: Said, method: str, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        f"{said['control_url']}/{path}", json.dumps(body or {}).encode(), method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def intune(said: Said, **chosen: Any) -> IntuneMdm:
    graph = said["graph"]
    return IntuneMdm(
        tenant=graph["tenant_id"],
        client_id=graph["client_id"],
        certificate=Path(graph["certificate_file"]).read_bytes(),
        key=Path(graph["private_key_file"]).read_bytes(),
        base_url=graph["base_url"],
        authority=graph["authority"],
        **chosen,
    )


class TestIntune(MdmContract):
    @pytest.fixture
    def mdm(self, said: Said) -> IntuneMdm:
        return intune(said, page_size=3)

    @pytest.fixture
    def twice(self, said: Said) -> str:
        rows = every(intune(said).devices(no_beat))
        [serial] = {d.serial for d in rows if sum(d.serial == e.serial for e in rows) == 2}
        return serial

    @pytest.fixture
    def serials(self, said: Said) -> frozenset[str]:
        lines = Path(said["files"]["register"]).read_text(encoding="utf-8").splitlines()
        return frozenset(line.split(",")[3] for line in lines[1:])


@pytest.fixture
def failing(said: Said) -> Iterator[Any]:
    """Sets failures of endpoints, and ends them after the test."""
    yield lambda *failures: control(said, "PUT", "failures", {"failures": failures})
    control(said, "PUT", "failures", {"failures": []})


@pytest.mark.parametrize("status", [403, 500])
def test_a_later_page_that_fails_leaves_a_gap(said: Said, failing: Any, status: int) -> None:
    failing({"endpoint": "managedDevices", "status": status, "skip": 1})
    patience = Patience(total=timedelta(milliseconds=50), first_wait=timedelta(milliseconds=1))
    reading = intune(said, page_size=3, reach=Reach(patience=patience)).devices(no_beat)
    assert str(status) in (reading.gap or "")
    assert len(reading.rows) == 3


def test_refusals_within_a_batch_are_asked_again(said: Said, failing: Any) -> None:
    for after in ("0", "0.01", None):
        headers = {} if after is None else {"Retry-After": after}
        failing({"endpoint": "managedDevice", "status": 429, "times": 3, "headers": headers})
        mdm = intune(said)
        told = mdm.detailed(every(mdm.devices(no_beat)), no_beat)
        assert all(isinstance(getattr(d, field), Known) for d in told for field in COSTLY)


def test_a_slow_upstream_ends_at_the_deadline(said: Said) -> None:
    mdm = intune(
        said, reach=Reach(deadline=timedelta(milliseconds=400), patience=Patience(tries=1))
    )
    devices = every(mdm.devices(no_beat))
    control(said, "PUT", "latency", {"ms": 3000})
    try:
        start = time.monotonic()
        told = mdm.detailed(devices, no_beat)
        assert time.monotonic() - start < 4
    finally:
        control(said, "PUT", "latency", {"ms": 0})
    reasons = {getattr(device, field).reason for device in told for field in COSTLY}
    assert reasons == {"not-read"}


def test_a_token_that_ended_is_replaced(said: Said) -> None:
    mdm = intune(said)
    assert mdm.devices(no_beat).gap is None
    control(said, "POST", "expire-tokens")
    assert mdm.devices(no_beat).gap is None


def test_another_certificate_is_refused(said: Said, signed: Any) -> None:
    graph = said["graph"]
    mdm = IntuneMdm(
        tenant=graph["tenant_id"],
        client_id=graph["client_id"],
        certificate=signed.certificate,
        key=signed.key,
        base_url=graph["base_url"],
        authority=graph["authority"],
    )
    assert "401 invalid_client" in (mdm.devices(no_beat).gap or "")
    assert isinstance(mdm.tenant(no_beat).policies, Unknown)


def test_the_older_assertion_is_taken_too(said: Said) -> None:
    assert intune(said, algorithm="RS256").devices(no_beat).gap is None


def mail() -> EmailMessage:
    message = EmailMessage(policy=WIRE)
    message["From"] = "callsteward@justice.example"
    message["To"] = "security.mdi@prison.example"
    message["Subject"] = "INC-7 high MDI K10471"
    message["Message-ID"] = "<INC-7.1@callsteward.example>"
    message.set_content("A check failed.\n")
    return message


def mailer(said: Said, **chosen: Any) -> SmtpMailer:
    smtp = said["smtp"]
    settings = {
        "username": smtp["username"],
        "password": smtp["password"],
        "ca_file": Path(smtp["ca_file"]),
    }
    return SmtpMailer(smtp["host"], smtp["port"], **{**settings, **chosen})


def test_a_mail_reaches_its_mailbox(said: Said) -> None:
    message = mail()
    answer = mailer(said).send(
        bytes(message), sender=message["From"], to="security.mdi@prison.example"
    )
    assert answer.startswith("250 ")
    imap = said["imap"]
    arrived = [
        found
        for found in read_all(
            imap["host"], imap["port"], "security.mdi@prison.example", imap["password"]
        )
        if found["Message-ID"] == message["Message-ID"]
    ]
    assert [found["Subject"] for found in arrived] == ["INC-7 high MDI K10471"]


@pytest.mark.parametrize(
    "chosen", [{"password": "wrong"}, {"ca_file": None}, {"username": None}]
)
def test_mail_that_may_not_go_is_refused(said: Said, chosen: Mapping[str, Any]) -> None:
    with pytest.raises(Refused):
        mailer(said, **chosen).send(bytes(mail()), sender="a@b.example", to="c@d.example")
