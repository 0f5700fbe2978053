"""The small estate with its Zoom: the real reader over the socket-free core, in turn."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from agent.effects.consent_refresh import RefreshConsent
from agent.services.consents import device_named, give_consent
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.vault import StoredVault
from connectors.http import Reach
from connectors.pacing import LocalPacer
from connectors.zoom.client import App, Line
from connectors.zoom.consents import ConsentApp, Consents
from connectors.zoom.estate import ZoomEstate
from tests.support.estates import BASE, BY, NO_PATIENCE, InProcess, World

LEASE = timedelta(minutes=3)


def with_zoom(world: World, folder: Path, consenting: range) -> World:
    """The same world, its sweep reading Zoom too; these iPads' users have consented."""
    world.core.zoom.limits.scale = 1000.0  # time stands still, so no limit would ever pass
    tokens = SealedTokens(world.store, KeyFile(folder / "zoom.key"))
    zoom = reader(world, tokens)
    for number in consenting:
        ipad = world.ipad(number)
        token = world.core.zoom.oauth.consented(ipad.zoom_user)
        device = device_named(world.store, ipad.asset_tag)
        give_consent(tokens, device, ipad.m365_user_id, token, BY)
    effects: dict[str, Any] = dict(world.with_effect("sweep", zoom=zoom).worker.effects)
    renewal = RefreshConsent(world.store, zoom, LEASE)
    effects[renewal.kind] = renewal
    return replace(world, worker=replace(world.worker, effects=effects))


def reader(world: World, tokens: SealedTokens) -> ZoomEstate:
    """As the wiring makes it, with the sandbox's own apps and without a pace."""
    apps, now = world.core.zoom.apps, world.core.clock
    app, users = apps.known["reader"], apps.known["user_app"]
    reach = Reach(patience=NO_PATIENCE, adapter=lambda: InProcess(world.core))
    line = Line(login_url=f"{BASE}/zoom", reach=reach, pacer=LocalPacer({}), now=now)
    consents = ConsentApp(users.client_id, users.client_secret, world.core.zoom.oauth.redirect)
    return ZoomEstate(
        line,
        App(apps.account_id, app.client_id, app.client_secret),
        Consents(line, consents, StoredVault(tokens)),
    )
