"""Who gets what of Zoom: the way to the account, its pace, the consents."""

from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from agent.errors import Misconfigured
from agent.ports.consents import Asking
from agent.ports.together import Together
from agent.ports.zoom import Vault, Zoom
from agent.ports.zoom_live import LiveControl, LiveMeetings
from agent.ports.zoom_windows import (
    CallFacts,
    Invitations,
    ListControl,
    ListReading,
    MeetingControl,
    MeetingReading,
)
from agent.settings import Settings, read_file
from agent.store.engine import Store
from agent.store.pace import StoredTimetable
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.vault import StoredVault, Taken
from connectors.http import Reach
from connectors.pacing import Pacer
from connectors.retry import Patience
from connectors.shared_pacing import SharedPacer, share_of
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.client import App, AppTokens, Client, Line
from connectors.zoom.consents import ConsentApp, Consents
from connectors.zoom.estate import ZoomEstate
from connectors.zoom.invitations import ZoomInvitations
from connectors.zoom.limits import LIMITS, Plan
from connectors.zoom.live import ZoomControl, ZoomLive
from connectors.zoom.meetings import ZoomMeetingControl, ZoomMeetings
from connectors.zoom.past_meetings import ZoomPastMeetings
from connectors.zoom.settings import ZoomSettings

T = TypeVar("T")


def pacer_of(settings: Settings, store: Store) -> Pacer:
    """The pacer that all our processes share for this Zoom account."""
    account = needed("zoom_account_id", settings.zoom_account_id)
    limits = share_of(LIMITS[Plan(settings.zoom_plan)], settings.zoom_share)
    return SharedPacer(StoredTimetable(store, account, limits))


def reach_of(settings: Settings) -> Reach:
    """How every vendor is reached: deadline, patience with reads, proxy, authorities."""
    return Reach(
        deadline=timedelta(seconds=settings.deadline_seconds),
        patience=Patience(total=timedelta(seconds=settings.retry_seconds)),
        proxy=settings.http_proxy,
        ca_bundle=settings.http_ca_file,
    )


def line_of(settings: Settings, store: Store) -> Line:
    """The way to the account: paced, counted, with a deadline on each call."""
    return Line(
        login_url=settings.zoom_oauth_url,
        api_url=settings.zoom_api_url,
        reach=reach_of(settings),
        pacer=pacer_of(settings, store),
    )


def zoom_of(settings: Settings, store: Store, together: Together) -> Zoom | None:
    """Zoom as the sweep reads it; None where none is configured."""
    if settings.zoom_account_id is None:
        return None
    line = line_of(settings, store)
    consents = consents_of(settings, line, vault_of(settings, store))
    return ZoomEstate(line, reader_of(settings), consents, together)


def live_of(settings: Settings, store: Store) -> LiveMeetings | None:
    """What runs now, read with the reading app; None where no Zoom is configured."""
    if settings.zoom_account_id is None:
        return None
    return ZoomLive(line_of(settings, store), reader_of(settings))


def call_facts_of(settings: Settings, store: Store) -> CallFacts | None:
    """What is told of calls that are over; None where no Zoom is configured."""
    if settings.zoom_account_id is None:
        return None
    return ZoomPastMeetings(line_of(settings, store), reader_of(settings))


def lists_of(settings: Settings, store: Store) -> ListReading | None:
    """Whom a group may add, read back; None where no Zoom is configured."""
    if settings.zoom_account_id is None:
        return None
    line = line_of(settings, store)
    return ZoomSettings(Client(line, AppTokens(line, reader_of(settings))))


def meetings_of(settings: Settings, store: Store) -> MeetingReading | None:
    """Meetings that are arranged, read back; None where no Zoom is configured."""
    if settings.zoom_account_id is None:
        return None
    return ZoomMeetings(line_of(settings, store), reader_of(settings))


def actor_of(settings: Settings, store: Store) -> LiveControl | None:
    """What acts on a meeting that runs; None where no acting app is configured."""
    app = acting_app(settings)
    return None if app is None else ZoomControl(line_of(settings, store), app)


def list_control_of(settings: Settings, store: Store) -> ListControl | None:
    """What sets a group's lists; None where no acting app is configured."""
    app = acting_app(settings)
    return None if app is None else ZoomListControl(line_of(settings, store), app)


def invitations_of(settings: Settings, store: Store) -> Invitations | None:
    """What invites a contact; None where no acting app is configured."""
    app = acting_app(settings)
    return None if app is None else ZoomInvitations(line_of(settings, store), app)


def meeting_control_of(settings: Settings, store: Store) -> MeetingControl | None:
    """What arranges one-off meetings; None where no acting app is configured."""
    app = acting_app(settings)
    return None if app is None else ZoomMeetingControl(line_of(settings, store), app)


def acting_app(settings: Settings) -> App | None:
    """The app that acts, which is never the one that reads."""
    if settings.zoom_actor_client_id is None and settings.zoom_actor_client_secret_file is None:
        return None
    client_id = needed("zoom_actor_client_id", settings.zoom_actor_client_id)
    if client_id == settings.zoom_reader_client_id:
        raise Misconfigured(
            "the app that acts in Zoom is the one that reads: whoever learns the secret of the"
            " nightly sweep could act with it",
            "Make a second server-to-server app, and name it in"
            " CALLSTEWARD_ZOOM_ACTOR_CLIENT_ID.",
        )
    secret = settings.zoom_actor_client_secret_file
    return _app(settings, client_id, "zoom_actor_client_secret_file", secret)


def reader_of(settings: Settings) -> App:
    """The app that only reads."""
    client_id = needed("zoom_reader_client_id", settings.zoom_reader_client_id)
    secret = settings.zoom_reader_client_secret_file
    return _app(settings, client_id, "zoom_reader_client_secret_file", secret)


def _app(settings: Settings, client_id: str, name: str, file: Path | None) -> App:
    """`name` is the setting that names the file of its secret."""
    account = needed("zoom_account_id", settings.zoom_account_id)
    return App(account, client_id, read_file(name, needed(name, file)).strip())


def consents_of(settings: Settings, line: Line, vault: Vault) -> Consents:
    """The tokens of the device users, kept in this vault."""
    name = "zoom_user_app_client_secret_file"
    secret = read_file(name, needed(name, settings.zoom_user_app_client_secret_file))
    app = ConsentApp(
        client_id=needed("zoom_user_app_client_id", settings.zoom_user_app_client_id),
        client_secret=secret.strip(),
        redirect_uri=needed("zoom_redirect_uri", settings.zoom_redirect_uri),
    )
    return Consents(line, app, vault, settings.zoom_oauth_url)


def asking_of(settings: Settings, store: Store, taken: Taken) -> Asking:
    """What collects one consent."""
    return consents_of(settings, line_of(settings, store), taken)


def tokens_of(settings: Settings, store: Store) -> SealedTokens:
    """The consents' tokens in this store, under the key of these settings."""
    return SealedTokens(store, KeyFile(key_file_of(settings)))


def vault_of(settings: Settings, store: Store) -> Vault:
    """The same as the port wants it."""
    return StoredVault(tokens_of(settings, store))


def key_file_of(settings: Settings) -> Path:
    """Where the master key is: in the data folder unless it is named."""
    return settings.zoom_key_file or settings.data_dir.absolute() / "zoom.key"


def needed(name: str, value: T | None) -> T:
    """A setting that Zoom cannot be asked without."""
    if value is None:
        raise Misconfigured(
            f"CALLSTEWARD_{name.upper()} is not set; Zoom cannot be asked without it",
            "See `callsteward settings`.",
        )
    return value
