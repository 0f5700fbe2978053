"""A consent that works at Zoom works for us; one is called lapsed only where Zoom has none."""

from collections.abc import Iterator
from datetime import date

from agent.store.consents import Consents
from connectors.sandbox.estate import Ipad
from tests.simulation.bench import an_estate
from tests.simulation.world import World

DEPEND_ON_IT = ("zoom.consent", "zoom.no-contacts")
TOLD = "select reason from verdict where sweep = ? and subject = ? and check_name = 'zoom.consent'"


def working(world: World) -> dict[str, bool]:
    """Whether the vault holds a token that Zoom would take, by asset tag."""
    if not world.with_zoom:
        return {}
    return {ipad.asset_tag: _works(world, ipad) for ipad in an_estate()}


def consents(world: World, last_night: date) -> Iterator[str]:
    """Each iPad's user."""
    works = working(world)
    with world.store().read() as tx:
        kept = Consents(tx).all()
    for ipad in an_estate() if world.with_zoom else ():
        consent = kept.get(ipad.m365_user_id)
        told = world.watch.ask(TOLD, last_night.isoformat(), ipad.asset_tag)[0][0]
        if consent is None:
            if told != "consent-missing":
                yield f"{ipad.asset_tag} has no consent, and the night says {told!r}"
        elif works[ipad.asset_tag]:
            if consent.lapsed_at is not None or told:
                yield f"the consent of {ipad.asset_tag} works and is called lapsed"
        else:
            if consent.lapsed_at is None or told != "consent-lapsed":
                yield f"the consent of {ipad.asset_tag} is gone, and the night says {told!r}"
            if _kept_once(world, ipad):
                yield f"a token of {ipad.asset_tag} works at Zoom, and the vault has lost it"
            if not any(r.user == ipad.zoom_user and not r.staged for r in world.evidence.rotations):
                yield f"the consent of {ipad.asset_tag} is gone, and nothing had gone wrong"


def _works(world: World, ipad: Ipad) -> bool:
    tokens = world.sealed(world.store()).load(ipad.m365_user_id)
    return any(_is_taken(world, token) for token in tokens)


def _kept_once(world: World, ipad: Ipad) -> bool:
    """Whether Zoom would take a token that was committed to the vault."""
    ours = [r.token for r in world.evidence.rotations if r.user == ipad.zoom_user and r.staged]
    first = world.first_tokens[ipad.zoom_user]
    return any(_is_taken(world, token) for token in (first, *ours))


def _is_taken(world: World, token: str) -> bool:
    held = world.core.zoom.tokens.refresh.get(token)
    return held is not None and held.ends > world.scheduler.now
