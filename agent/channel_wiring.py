"""By which channel people are told, as the settings say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from agent.domain.channels import CHAT, MAIL, SIEM, SMS
from agent.domain.note import Note
from agent.domain.sms import sms
from agent.errors import Misconfigured, TryAgain
from agent.ports.alerts import Channel, Route, Tried
from agent.settings import PREFIX, Settings, read_file
from agent.zoom_wiring import reach_of
from connectors.alerts.apprise import AppriseChats, Way
from connectors.alerts.graph_mail import GraphMailer, MailApp
from connectors.alerts.mail import MailRoute
from connectors.alerts.notify import Fields, Kind, NotifyChannel, Service, half
from connectors.alerts.siem import SiemFile
from connectors.alerts.smtp import SmtpMailer
from connectors.alerts.turnstile import Turnstile
from connectors.http import utc_now

NOT_SET_UP_PAUSE = timedelta(minutes=10)
NO_MAIL = "Set CALLSTEWARD_SMTP_HOST and CALLSTEWARD_MAIL_FROM."
NO_SMS = "Set CALLSTEWARD_NOTIFY_API_KEY_FILE and CALLSTEWARD_NOTIFY_SMS_TEMPLATE_ID."
NO_CHAT = "Set CALLSTEWARD_APPRISE_URLS_FILE, or tell chat in no route."
NO_SIEM = "Set CALLSTEWARD_SIEM_FILE, or tell siem in no route."


def sends_texts(settings: Settings) -> bool:
    """Whether something here sends text messages."""
    return settings.notify_sms_template_id is not None


def carrier_of(settings: Settings) -> Channel:
    """What carries mail; without one, every letter stays owed and says why."""
    return mail_of(settings) or NO_CARRIER


def channels_of(settings: Settings, phone: str) -> Mapping[str, Channel]:
    """Every channel by its name; `phone` is Infosec's, for text messages.

    What goes by a channel that is not configured stays owed and says why.
    """
    routes = routes_of(settings, phone)
    missing = {
        MAIL: NO_CARRIER,
        SMS: NotSetUp("no way for text messages is configured", NO_SMS),
        CHAT: NotSetUp("no chat is configured", NO_CHAT),
        SIEM: NotSetUp("no file for a SIEM is configured", NO_SIEM),
    }
    return missing | routes


def routes_of(settings: Settings, phone: str) -> dict[str, Route]:
    """Those that are configured. Raises Misconfigured where one is so by half."""
    mail = mail_of(settings)
    found = {} if mail is None else {MAIL: mail}
    return found | {name: make() for name, make in makers_of(settings, phone).items()}


def makers_of(settings: Settings, phone: str) -> dict[str, Callable[[], Route]]:
    """What makes each one beside mail that is configured.

    Text messages and chats are told one by one: letters by mail have the lane's other places.
    """
    found: dict[str, Callable[[], Route]] = {}
    if settings.notify_sms_template_id is not None:
        found[SMS] = lambda: Turnstile(_text_messages(settings, phone), SMS)
    if settings.apprise_urls_file is not None:
        found[CHAT] = lambda: Turnstile(_chats(settings), CHAT)
    if settings.siem_file is not None:
        found[SIEM] = partial(SiemFile, settings.siem_file)
    return found


def mail_of(settings: Settings) -> Route | None:
    """What carries mail."""
    sender = settings.mail_from or ""
    if settings.mail_channel == "graph":
        mailer = _graph(settings)
        return MailRoute(mailer, sender, mailer.try_out)
    if settings.mail_channel == "notify":
        return _notify(
            settings, "email", lambda note: {"subject": note.subject, "body": note.body}
        )
    server = mail_server(settings)
    return None if server is None else MailRoute(server, sender, partial(_tried, server))


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

    def earlier(self, note: Note, *, to: str) -> str | None:
        return None


def _graph(settings: Settings) -> GraphMailer:
    certificate, key = "mail_graph_certificate_file", "mail_graph_private_key_file"
    app = MailApp(
        tenant=_needed(settings, "mail_graph_tenant_id"),
        client_id=_needed(settings, "mail_graph_client_id"),
        certificate=read_file(certificate, Path(_needed(settings, certificate))).encode(),
        key=read_file(key, Path(_needed(settings, key))).encode(),
    )
    _needed(settings, "mail_from")
    return GraphMailer(app, reach_of(settings), utc_now, settings.graph_url, settings.login_url)


def _text_messages(settings: Settings, phone: str) -> Route:
    return _notify(settings, "sms", lambda note: {"text": sms(note, phone)})


def _chats(settings: Settings) -> Route:
    name = "apprise_urls_file"
    text = read_file(name, Path(_needed(settings, name)))
    lines = (line.strip() for line in text.splitlines())
    urls = [line for line in lines if line and not line.startswith("#")]
    reach = reach_of(settings)
    way = Way(deadline=reach.deadline, proxy=reach.proxy, ca_bundle=reach.ca_bundle)
    return AppriseChats(urls, way)


def _notify(settings: Settings, kind: Kind, fields: Fields) -> NotifyChannel:
    """A look and a sending share the time that one letter has."""
    name = "notify_api_key_file"
    service = Service(
        key=read_file(name, Path(_needed(settings, name))).strip(),
        url=settings.notify_url,
        reach=replace(reach_of(settings), deadline=half(reach_of(settings).deadline)),
        now=utc_now,
    )
    return NotifyChannel(service, kind, _needed(settings, f"notify_{kind}_template_id"), fields)


def _tried(server: SmtpMailer, *, sender: str, to: str) -> Tried:
    says = "The mail server takes our login, our sender and a recipient of ours."
    return Tried(says, "The mail server's certificate", server.try_out(sender=sender, to=to))


def _needed(settings: Settings, name: str) -> str:
    """A setting that the channel in use cannot do without."""
    value = getattr(settings, name)
    if value is None:
        raise Misconfigured(
            f"{PREFIX}{name.upper()} is not set; the channel that is configured needs it",
            "See `callsteward settings`.",
        )
    return str(value)


NO_CARRIER = NotSetUp("no mail server is configured", NO_MAIL)
