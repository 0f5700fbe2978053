"""Mail servers that fail: every letter stays owed, none is lost, a repeat is the same."""

import logging
import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from agent.settings import Settings
from agent.store.ledger import Ledger
from agent.store.opening import open_store
from agent.wiring import mail_worker_of
from agent.worker import Lanes
from connectors.http import utc_now
from connectors.sandbox import identity
from connectors.sandbox.certificates import context_of
from connectors.sandbox.odd_mail import Oddity, OddMail, odd_mail_server
from tests.drills.of_transport.bench import Bench, Swept

AN_HOUR = timedelta(hours=1)  # by then each letter that waits is due again
SENDER = "callsteward@justice.example"
FAULTS = (
    "refused", "greylisted", "drip", "disconnected after DATA", "certificate of another",
    "certificate expired",
)  # fmt: skip
ODD = {
    "greylisted": Oddity.GREYLISTED,
    "drip": Oddity.DRIP,
    "disconnected after DATA": Oddity.CUT_AFTER_DATA,
}
Arrived = dict[str, list[bytes]]  # by Message-ID


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server of this drill, and who is to be trusted for it."""

    port: int
    ca_file: Path
    handler: OddMail

    def arrived(self) -> Arrived:
        found: Arrived = defaultdict(list)
        for _, _, content in self.handler.accepted:
            found[str(message_from_bytes(content)["Message-ID"])].append(content)
        return found

    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": self.port,
                "smtp_ca_file": self.ca_file,
                "smtp_username": None,
                "smtp_password_file": None,
                "mail_from": SENDER,
                "deadline_seconds": 20.0,
            }
        )

    def variables(self, *, slow: bool) -> dict[str, str]:
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.port),
            "SMTP_CA_FILE": str(self.ca_file),
            "MAIL_FROM": SENDER,
            "DEADLINE_SECONDS": "2" if slow else "20",
        }


def mail_case(bench: Bench, fault: str) -> list[str]:
    """What is wrong: a sweep whose mail meets the fault, and an hour later a good server."""
    settings = bench.set_up()
    with _server(settings.data_dir, fault) as bad:
        swept = bench.sweep_of(settings, bad.variables(slow=fault == "drip"))
        first = bad.arrived()
    if swept.exit_code != bench.usual.exit_code:
        return [f"exit {swept.exit_code}"]
    owed = _waiting(swept)
    with _server(settings.data_dir, "") as good:
        left = _sent_later(good.settings(settings))
        second = good.arrived()
    return list(_wrong(owed, left, first, second, bad_took=fault in ODD))


def _wrong(
    owed: int, left: int, first: Arrived, second: Arrived, *, bad_took: bool
) -> Iterator[str]:
    if not owed:
        yield "no letter was left to send again"
    if left:
        yield f"{left} letters are still owed to a server that is well"
    if len(second) != owed or any(len(copies) != 1 for copies in second.values()):
        mails = sum(map(len, second.values()))
        yield f"{owed} letters waited, {len(second)} came in {mails} mails"
    if first and not bad_took:
        yield "a letter went to a server that is not trusted"
    changed = [id_ for id_, copies in first.items() if copies[0] != second.get(id_, [b""])[0]]
    if changed:
        yield f"{len(changed)} letters are not the same when they are sent again"


def _waiting(swept: Swept) -> int:
    return sum(int(row["waiting"]) for row in swept.told["told"])


def _sent_later(settings: Settings) -> int:
    """The letters an hour later. Returns how many are still owed then."""
    with closing(open_store(settings.database, lambda: utc_now() + AN_HOUR)) as store:
        with closing(Lanes(mail_worker_of(settings, store))) as lanes:
            lanes.drain(60)
        with store.read() as tx:
            return len(Ledger(tx).open("mail"))


@contextmanager
def _server(folder: Path, fault: str) -> Iterator[Server]:
    issuer = identity.authority("callsteward drill authority")
    over = fault == "certificate expired"
    signed = identity.server_certificate(issuer, ("127.0.0.1",), over=over)
    if fault == "certificate of another":
        issuer = identity.authority("callsteward drill authority")
    name = fault.replace(" ", "-") or "good"
    ca_file = identity.write(folder / f"mail-ca-{name}.pem", issuer.certificate_pem())
    if fault == "refused":
        with socket.socket() as bound:  # and nobody listens
            bound.bind(("127.0.0.1", 0))
            yield Server(bound.getsockname()[1], ca_file, OddMail())
        return
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # of handshakes that end
    shown = context_of(signed, folder / f"mail-{name}.pem")
    with odd_mail_server(ODD.get(fault, Oddity.NONE), tls=shown) as odd:
        yield Server(odd.port, ca_file, odd.handler)
