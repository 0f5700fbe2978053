"""The outside as doctor looks at it, made from the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from agent.channel_wiring import mail_of, makers_of
from agent.policies import load_policy
from agent.ports.alerts import Route
from agent.ports.mailbox import Mailbox
from agent.ports.outside import Acting, MdmAccess, Monitor, Reachable, ZoomAccess
from agent.settings import Settings, read_file
from agent.trial_wiring import mailbox_of
from agent.wiring import needed
from agent.zoom_wiring import acting_app, reader_of
from connectors.heartbeat import Heartbeat
from connectors.http import Reach, utc_now
from connectors.mdm.intune_access import IntuneAccess
from connectors.pacing import LocalPacer
from connectors.reaching import Host
from connectors.retry import Patience
from connectors.zoom.access import ZoomReader
from connectors.zoom.client import API, Line
from connectors.zoom.limits import LIMITS, Plan
from connectors.zoom.live import ZoomControl


@dataclass(frozen=True, slots=True)
class ConfiguredOutside:
    """The port `Outside`. Nothing is tried twice: somebody waits for the answer."""

    settings: Settings

    def hosts(self) -> Mapping[str, Callable[[], Reachable]]:
        s = self.settings
        urls: dict[str, str] = {}
        if s.mdm is not None or s.mail_channel == "graph":
            urls |= {"Microsoft Entra ID": s.login_url, "Microsoft Graph": s.graph_url}
        if s.notify_api_key_file is not None:
            urls |= {"GOV.UK Notify": s.notify_url}
        if s.zoom_account_id is not None:
            urls |= {"Zoom's sign-in": s.zoom_oauth_url, "Zoom's API": s.zoom_api_url or API}
        return {
            name: partial(Host, name, url, reach_of(s), utc_now) for name, url in urls.items()
        }

    def mdm(self) -> MdmAccess:
        s = self.settings
        certificate = needed(s, "intune_certificate_file", s.intune_certificate_file)
        key = needed(s, "intune_private_key_file", s.intune_private_key_file)
        return IntuneAccess(
            tenant=needed(s, "intune_tenant_id", s.intune_tenant_id),
            client_id=needed(s, "intune_client_id", s.intune_client_id),
            certificate=read_file("intune_certificate_file", certificate).encode(),
            key=read_file("intune_private_key_file", key).encode(),
            reach=reach_of(s),
            now=utc_now,
            base_url=s.graph_url,
            authority=s.login_url,
        )

    def zoom(self) -> ZoomAccess | None:
        s = self.settings
        if s.zoom_account_id is None:
            return None
        app, plan = reader_of(s), Plan(s.zoom_plan)
        return ZoomReader(_zoom_line(s), app, plan, s.zoom_api_url, reach_of(s))

    def zoom_actor(self) -> Acting | None:
        app = acting_app(self.settings)
        return None if app is None else ZoomControl(_zoom_line(self.settings), app)

    def mail(self) -> Route | None:
        return mail_of(self.settings)

    def channels(self) -> Mapping[str, Callable[[], Route]]:
        return makers_of(self.settings, load_policy().phone)

    def mailbox(self) -> Mailbox | None:
        return mailbox_of(self.settings)

    def monitor(self) -> Monitor | None:
        return monitor_of(self.settings)


def monitor_of(settings: Settings) -> Monitor | None:
    """The outside monitor that expects to hear of us; None where there is none."""
    url = settings.heartbeat_url()
    if url is None:
        return None
    return Heartbeat(url.get_secret_value(), reach_of(settings), utc_now)


def _zoom_line(settings: Settings) -> Line:
    """Paced for itself: doctor asks a few times."""
    return Line(
        login_url=settings.zoom_oauth_url,
        api_url=settings.zoom_api_url,
        reach=reach_of(settings),
        pacer=LocalPacer(LIMITS[Plan(settings.zoom_plan)]),
    )


def reach_of(settings: Settings) -> Reach:
    """As all upstreams are reached, without patience."""
    return Reach(
        deadline=timedelta(seconds=settings.deadline_seconds),
        patience=Patience(tries=1),
        proxy=settings.http_proxy,
        ca_bundle=settings.http_ca_file,
    )
