"""By which channel people are told, as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from agent.domain.channels import CHAT, MAIL, SIEM, SMS
from agent.domain.note import Note
from agent.errors import TryAgain
from agent.ports.alerts import Channel
from agent.settings import Settings
from connectors.alerts.mail import MailChannel
from connectors.alerts.smtp import SmtpMailer

NOT_SET_UP_PAUSE = timedelta(minutes=10)


def channels_of(settings: Settings, phone: str) -> Mapping[str, Channel]:
    """Every channel by its name; `phone` is Infosec's, for text messages.

    What goes by a channel that is not configured stays owed and says why.
    """
    return {
        MAIL: mail_of(settings),
        SMS: NotSetUp("no way for text messages is configured", ""),
        CHAT: NotSetUp("no chat is configured", ""),
        SIEM: NotSetUp("no file for a SIEM is configured", ""),
    }


def mail_of(settings: Settings) -> Channel:
    """What carries mail."""
    server = mail_server(settings)
    if server is None:
        return NotSetUp(
            "no mail server is configured",
            "Set CALLSTEWARD_SMTP_HOST and CALLSTEWARD_MAIL_FROM.",
        )
    return MailChannel(server, settings.mail_from or "")


def mail_server(settings: Settings) -> SmtpMailer | None:
    """The configured mail server, if there is one."""
    if settings.smtp_host is None or settings.mail_from is None:
        return None
    password = settings.smtp_password()
    return SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        username=settings.smtp_username,
        password=None if password is None else password.get_secret_value(),
        ca_file=settings.smtp_ca_file,
        time_limit=timedelta(seconds=settings.deadline_seconds),
    )


@dataclass(frozen=True, slots=True)
class NotSetUp:
    """The port `Channel`, where there is none."""

    what: str
    cure: str

    def send(self, note: Note, *, to: str) -> str:
        raise TryAgain(self.what, after=NOT_SET_UP_PAUSE, hint=self.cure)

    def earlier(self, note: Note) -> str | None:
        return None
