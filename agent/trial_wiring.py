"""Who proves that letters arrive, and that we live: the test mail, its mailbox, a monitor."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agent.domain.mail import Letter
from agent.domain.note import Note
from agent.effects.base import Effect
from agent.effects.mail_route import ReadTrialBack, SendTrial
from agent.ports.alerts import Channel
from agent.pulse import HOURLY, Pulse
from agent.settings import Settings
from agent.store.engine import Store
from connectors.alerts.imap import ImapMailbox
from connectors.heartbeat import MailBeat
from connectors.http import utc_now


def mailbox_of(settings: Settings) -> ImapMailbox | None:
    """The mailbox that the test mail comes into; None where none is configured."""
    password = settings.imap_password()
    if settings.imap_host is None or password is None:
        return None
    return ImapMailbox(
        settings.imap_host,
        settings.imap_port,
        username=settings.imap_username or "",
        password=password.get_secret_value(),
        ca_file=settings.imap_ca_file,
        starttls=settings.imap_tls == "starttls",
        time_limit=timedelta(seconds=settings.deadline_seconds),
    )


def trial_effects(
    settings: Settings, store: Store, mail: Channel, lease: timedelta
) -> tuple[Effect, ...]:
    """Both, also where no test mail is configured: what is owed must never be strange."""
    mailbox = mailbox_of(settings)
    to = settings.mail_test_to or ""
    return (
        SendTrial(store, post_of(mail), to, mailbox is not None, lease),
        ReadTrialBack(store, mailbox, lease),
    )


def post_of(mail: Channel) -> Callable[[Letter, str, datetime], str]:
    """Hands a letter over as all letters are: letter, address, date -> the server's answer."""

    def post(letter: Letter, to: str, at: datetime) -> str:
        note = Note(
            message_id=letter.message_id, subject=letter.subject, body=letter.body,
            written_at=at, incident="", revision=1, type="", category="", to="", opened_at=at,
        )  # fmt: skip
        return mail.send(note, to=to)

    return post


def mail_pulse_of(settings: Settings, mail: Channel) -> Pulse:
    """The heartbeat by mail; without an address nothing happens."""
    if settings.heartbeat_mail is None:
        return Pulse(None)
    beat = MailBeat(post_of(mail), settings.heartbeat_mail, utc_now)
    return Pulse(beat, seconds=HOURLY)
