"""Who gets what of a contact window: the ports of both apps, the calls' keys, the leases."""

from datetime import timedelta

from agent.effects.allow_list import SetAllowList
from agent.effects.base import Effect
from agent.effects.contact_close import CloseWindow
from agent.effects.contact_invite import InviteContact
from agent.effects.contact_verify import VerifyRemoval
from agent.effects.contact_watch import WatchAcceptance
from agent.effects.contact_zoom import ContactZoom
from agent.effects.meeting_arrange import ArrangeMeeting
from agent.effects.meeting_gone import DeleteMeeting
from agent.policies import load_policy
from agent.ports.together import in_turn
from agent.schemes import load_calls
from agent.settings import Settings
from agent.store.call_keys import CallKeys
from agent.store.engine import Store
from agent.store.signing import ProofKey
from agent.zoom_wiring import acting_app, consents_of, pacer_of, reader_of, vault_of
from connectors.http import Reach
from connectors.retry import Patience
from connectors.zoom.allow_lists import ZoomListControl
from connectors.zoom.client import Line
from connectors.zoom.estate import ZoomEstate
from connectors.zoom.invitations import ZoomInvitations
from connectors.zoom.live import ZoomLive
from connectors.zoom.meetings import ZoomMeetingControl, ZoomMeetings
from connectors.zoom.shared_live import SharedLive

ONE_CALL = timedelta(seconds=5)  # a closing is tried again soon, rather than long
HINT = timedelta(seconds=2)  # one that has another to stand in for it
GLANCE = timedelta(seconds=30)  # two dashboards a minute, for all that wait
LEASE = timedelta(seconds=30)
"""Of every effect here. None begins to change anything once two calls, the token's and its own,
could outlast it."""


def call_keys_of(settings: Settings) -> CallKeys:
    """The calls' keys, beside the database and outside it."""
    return CallKeys(settings.call_keys_dir or settings.data_dir.absolute() / "call-keys")


def proof_key_of(settings: Settings) -> ProofKey:
    """What signs purge proofs: in the data folder unless it is named."""
    return ProofKey(settings.proof_key_file or settings.data_dir.absolute() / "proof.key")


def contact_effects(settings: Settings, store: Store) -> tuple[Effect, ...]:
    """All of them, also where no app that acts is configured: then what is owed says so."""
    rules, keys = load_calls(), call_keys_of(settings)
    policy = load_policy(routes_file=settings.routes_file)
    outside, within = contact_zoom_of(settings, store), rules.remove_within
    return (
        SetAllowList(store, keys, outside, within, LEASE),
        InviteContact(store, keys, outside, LEASE),
        WatchAcceptance(store, keys, outside, LEASE),
        CloseWindow(store, outside, rules.linger, LEASE),
        VerifyRemoval(store, keys, outside, policy, within, LEASE),
        ArrangeMeeting(store, keys, outside, policy, LEASE),
        DeleteMeeting(store, outside, within, LEASE),
    )


def contact_zoom_of(settings: Settings, store: Store) -> ContactZoom | None:
    """None where Zoom, or an app that acts in it, is not configured.

    Nothing is tried again in one attempt: the ledger does that, and looks at the world anew.
    """
    actor = acting_app(settings)
    if settings.zoom_account_id is None or actor is None:
        return None
    line, reader = _line(settings, store, ONE_CALL), reader_of(settings)
    estate = ZoomEstate(
        line, reader, consents_of(settings, line, vault_of(settings, store)), in_turn
    )
    hints = ZoomLive(_line(settings, store, HINT), reader)
    return ContactZoom(
        users=estate,
        lists=estate,
        control=ZoomListControl(line, actor),
        invitations=ZoomInvitations(line, actor),
        contacts=estate,
        live=ZoomLive(line, reader),
        glance=SharedLive(hints, line.now, GLANCE),
        meetings=ZoomMeetings(line, reader),
        arranging=ZoomMeetingControl(line, actor),
    )


def _line(settings: Settings, store: Store, longest: timedelta) -> Line:
    reach = Reach(
        deadline=min(longest, timedelta(seconds=settings.deadline_seconds)),
        patience=Patience(total=timedelta(0)),
        proxy=settings.http_proxy,
        ca_bundle=settings.http_ca_file,
    )
    return Line(
        login_url=settings.zoom_oauth_url,
        api_url=settings.zoom_api_url,
        reach=reach,
        pacer=pacer_of(settings, store),
        away=timedelta(0),
    )
