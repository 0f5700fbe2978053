"""Some incidents and their letters, sent over real sockets while the clock is ours."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from agent.channel_wiring import channels_of
from agent.domain.contacts import COLUMNS
from agent.domain.staff import COLUMNS as STAFF
from agent.effects.mail import SendMail
from agent.policies import load_policy
from agent.schemes import load_noise, load_scheme
from agent.services.incident_desk import Desk
from agent.services.incident_reports import Report, report
from agent.services.lateness import tell_lateness
from agent.services.people import import_contacts, import_staff
from agent.settings import Settings
from agent.store.engine import Store
from agent.tick import Worker
from agent.wiring import MAIL_SLOTS
from agent.worker import Lanes
from connectors.sandbox.odd_mail import OddMail
from tests.support.alarms.judge import Judge
from tests.support.alarms.reckoning import Inboxes, Owed
from tests.support.estates import BY, Clock
from tests.support.incidents import incident_desk
from tests.support.killed.look import Tables
from tests.support.registers import as_file, contact_rows
from tests.support.stores import a_store

SITES = ("LEI", "MDI")
SENDER = "callsteward@justice.example"
ATTEMPT = timedelta(seconds=2)  # what one letter may take
DRAINED = 60.0  # seconds in which all that is due is tried once


@dataclass
class Mailing:
    """One installation without a machine around it: no iPad, only people and letters."""

    store: Store
    desk: Desk
    clock: Clock
    settings: Settings
    rows: Sequence[Mapping[str, str]]

    @staticmethod
    @contextmanager
    def of(folder: Path) -> Iterator["Mailing"]:
        folder.mkdir()
        clock = Clock()
        with closing(a_store(folder, clock)) as store:
            rows = contact_rows(SITES)
            wider = {"id": BY.id, "name": "A Analyst", "role": "infosec", "establishment": ""}
            import_staff(store, load_scheme(), as_file([wider], STAFF), BY)
            import_contacts(store, load_scheme(), as_file(rows, COLUMNS), BY)
            settings = Settings(data_dir=folder, mail_from=SENDER)
            yield Mailing(store, incident_desk(store), clock, settings, rows)

    def raise_incidents(self, count: int, kind: str = "damage") -> None:
        """Each is of a device of its own, and told to four."""
        for number in range(count):
            said = Report(kind=kind, site=SITES[number % 2], device=f"D{number}")
            report(self.desk, said, BY)

    def owed(self) -> list[Owed]:
        """Every letter that somebody must get, by the protocol."""
        inboxes = Inboxes(self.rows)
        told = Judge(Tables(self.store.reader), inboxes, {}).revisions()
        return [one for revision in told for one in inboxes.owed(revision)]

    def at(self, port: int, ca_file: Path) -> Settings:
        """With this mail server."""
        server = {
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_ca_file": ca_file,
            "deadline_seconds": ATTEMPT.total_seconds(),
        }
        return self.settings.model_copy(update=server)

    def send(self, settings: Settings) -> None:
        """Try once all that is due, and see what is late, as the agent does."""
        policy = load_policy()
        effect = SendMail(
            store=self.store,
            channels=channels_of(settings, policy.phone),
            lease=ATTEMPT * 2,
            fallback=policy.fallback,
            noise=load_noise(),
        )
        worker = Worker(self.store, {"mail": effect}, MAIL_SLOTS)
        with closing(Lanes(worker)) as lanes:
            lanes.drain(DRAINED)
        tell_lateness(self.store, policy)

    def waits(self) -> list[str]:
        """Letters of which no mail server has said yes."""
        query = 'select "key" from mail where accepted_at is null order by "key"'
        return [row.key for row in Tables(self.store.reader).rows(query)]

    def letters(self) -> dict[str, str]:
        """The Message-ID of each, by its key."""
        rows = Tables(self.store.reader).rows('select "key", message_id from mail')
        return {row.key: row.message_id for row in rows}

    def pass_time(self, time: timedelta) -> datetime:
        self.clock.now += time
        return self.clock.now


def arrived(handler: OddMail) -> dict[str, list[tuple[str, bytes]]]:
    """What this server has, by Message-ID: to whom, and its bytes."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for _, to, content in handler.accepted:
        id_ = str(message_from_bytes(content)["Message-ID"]).strip()
        found.setdefault(id_, []).append((to[0], content))
    return found
