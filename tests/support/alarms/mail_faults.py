"""Mail servers and mailboxes that fail, one way after the other; what became of the letters.

Each fault is brought about while the letters of some incidents go out, lasts for a while of our
clock, and is mended. By then each letter must have come to its inbox; and who has a good inbox
must not have waited for a bad one.
"""

import logging
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from connectors.sandbox import identity
from connectors.sandbox.certificates import context_of
from connectors.sandbox.odd_mail import Oddity, OddMail, odd_mail_server
from tests.support.alarms.mailing import Mailing, arrived

INCIDENTS = 3  # whose letters go out at once: as many for the bad inbox, and four can be tried
AN_HOUR = timedelta(hours=1)
A_DAY = 24  # hours
BAD = "infosec@hq.example"


@dataclass(frozen=True, slots=True)
class Fault:
    """`only_one`: of one mailbox; else the whole server. `hours`: how long it lasts."""

    name: str
    oddity: Oddity = Oddity.NONE
    only_one: bool = False
    times: int | None = None  # None: until it is mended
    hours: int = 1
    away: bool = False  # nobody listens
    untrusted: bool = False  # its certificate is of another authority


FAULTS = (
    Fault("down for a day", away=True, hours=A_DAY),
    Fault("certificate of another", untrusted=True),
    Fault("mailbox full for now", Oddity.MAILBOX_FULL, only_one=True),
    Fault("mailbox full for long", Oddity.QUOTA, only_one=True),
    Fault("recipient refused", Oddity.RECIPIENT_REFUSED, only_one=True),
    Fault("greylisting", Oddity.GREYLISTED, times=INCIDENTS * 4),
    Fault("slow drip", Oddity.DRIP, only_one=True),
    Fault("disconnect after DATA", Oddity.CUT_AFTER_DATA, only_one=True),
    Fault("refused after DATA", Oddity.REFUSED_AFTER_DATA, only_one=True),
)
TAKEN_ALL_THE_SAME = (Oddity.DRIP, Oddity.CUT_AFTER_DATA)
"""The mail is there and nobody was told so: it comes once more, in the same bytes."""


@dataclass
class Outcome:
    """What is wrong with it, for people. `showed`: it was brought about."""

    fault: Fault
    showed: bool = False
    wrong: list[str] = field(default_factory=list)


def outcomes(
    folder: Path, wanted: Iterable[Fault] = FAULTS, most_hours: int = A_DAY
) -> Iterator[Outcome]:
    for logger in ("mail.log", "agent.worker"):  # of handshakes that end, and of what fails
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    for number, one in enumerate(wanted):
        fault = replace(one, hours=min(one.hours, most_hours))
        with Mailing.of(folder / f"fault-{number}") as mailing, _server(mailing) as server:
            yield _outcome(mailing, server, fault)


@dataclass(frozen=True, slots=True)
class _Server:
    port: int
    handler: OddMail
    ca_file: Path
    other_ca: Path


def _outcome(mailing: Mailing, server: _Server, fault: Fault) -> Outcome:
    found = Outcome(fault)
    mailing.raise_incidents(INCIDENTS)
    told_at_once = mailing.owed()
    _bring_about(server, fault)
    at_fault = mailing.at(
        _nobody() if fault.away else server.port,
        server.other_ca if fault.untrusted else server.ca_file,
    )
    for hour in range(fault.hours):
        mailing.send(at_fault)
        if hour == 0:
            found.showed = bool(mailing.waits())
            good = [one for one in told_at_once if fault.only_one and one.address != BAD]
            found.wrong += _late(mailing, [one.message_id for one in good])
        mailing.pass_time(AN_HOUR)
    server.handler.oddity = Oddity.NONE
    _mend(mailing, server)
    found.wrong += _lost(mailing, server, fault)
    return found


def _bring_about(server: _Server, fault: Fault) -> None:
    server.handler.times = fault.times
    server.handler.only = BAD if fault.only_one else None
    server.handler.oddity = fault.oddity


def _mend(mailing: Mailing, server: _Server) -> None:
    """All that waits is due within the hour; what that tells of goes out too."""
    for _ in range(2):
        mailing.send(mailing.at(server.port, server.ca_file))
        mailing.pass_time(AN_HOUR)


def _late(mailing: Mailing, good: list[str]) -> list[str]:
    """Letters to good inboxes that waited for the bad one."""
    waiting = set(mailing.waits())
    rows = mailing.letters()
    return [f"{rows[key]} waited" for key in waiting if rows[key] in good]


def _lost(mailing: Mailing, server: _Server, fault: Fault) -> Iterator[str]:
    came = arrived(server.handler)
    for owed in mailing.owed():
        copies = came.get(owed.message_id, [])
        if owed.address not in {to for to, _ in copies}:
            yield f"{owed.message_id} never came"
        elif len({content for _, content in copies}) > 1:
            yield f"{owed.message_id} came with different bytes"
        elif len(copies) > 1 and fault.oddity not in TAKEN_ALL_THE_SAME:
            yield f"{owed.message_id} came {len(copies)} times"
    for key in mailing.waits():
        yield f"{key} is still owed"


def _nobody() -> int:
    """A port at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def _server(mailing: Mailing) -> Iterator[_Server]:
    folder = mailing.settings.data_dir
    issuer = identity.authority("callsteward drill authority")
    other = identity.authority("callsteward drill authority")
    shown = identity.server_certificate(issuer, ("127.0.0.1",))
    ca_file = identity.write(folder / "mail-ca.pem", issuer.certificate_pem())
    other_ca = identity.write(folder / "other-ca.pem", other.certificate_pem())
    with odd_mail_server(tls=context_of(shown, folder / "mail.pem")) as odd:
        yield _Server(odd.port, odd.handler, ca_file, other_ca)
