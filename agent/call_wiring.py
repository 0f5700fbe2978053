"""What looks after a call while it runs in Zoom, and reads of it afterwards."""

from dataclasses import replace
from datetime import timedelta

from agent.domain.policy import Policy
from agent.effects.base import Effect
from agent.effects.call_facts import ReadFacts
from agent.effects.call_watch import Reading, WatchCall
from agent.effects.events_forget import ForgetEvents
from agent.effects.zoom_host import LearnHost
from agent.effects.zoom_stop import StopKeeping
from agent.settings import Settings
from agent.store.call_keys import CallKeys
from agent.store.engine import Store
from agent.zoom_wiring import actor_of, call_facts_of, pacer_of, reach_of, reader_of
from connectors.retry import Patience
from connectors.zoom.client import AppTokens, Client, Line
from connectors.zoom.live import ZoomLive
from connectors.zoom.shared_live import SharedLive
from connectors.zoom.users import ZoomUsers

QUICK = timedelta(seconds=10)  # a look that fails is made again soon: it need not be patient
LOOK = timedelta(minutes=5)  # the calls of one look, each with its token's, and the pace
READ = timedelta(minutes=10)  # the same with all patience
PACE = timedelta(minutes=1)


def watching_of(settings: Settings, store: Store) -> Reading | None:
    """What the watches share; None where no Zoom is configured."""
    if settings.zoom_account_id is None:
        return None
    deadline = min(QUICK, timedelta(seconds=settings.deadline_seconds))
    line = Line(
        login_url=settings.zoom_oauth_url,
        api_url=settings.zoom_api_url,
        reach=replace(reach_of(settings), deadline=deadline, patience=Patience(total=QUICK)),
        pacer=pacer_of(settings, store),
    )
    reader = reader_of(settings)
    users = ZoomUsers(Client(line, AppTokens(line, reader)))
    return Reading(users, SharedLive(ZoomLive(line, reader), line.now))


def effects_of_calls(
    settings: Settings, store: Store, policy: Policy, keys: CallKeys
) -> tuple[Effect, ...]:
    """All of them, also where no Zoom is configured: what is owed must never be strange."""
    watching = watching_of(settings, store)
    stop = timedelta(seconds=8 * settings.deadline_seconds) + PACE  # two writes, tokens twice
    return (
        WatchCall(store, watching, policy, LOOK),
        ReadFacts(store, call_facts_of(settings, store), keys, READ),
        StopKeeping(store, actor_of(settings, store), stop),
        LearnHost(store, None if watching is None else watching.users, policy, READ),
        ForgetEvents(),
    )
