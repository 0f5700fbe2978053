"""A consent that works at Zoom works for us; one is called lapsed only where Zoom has none."""

from collections.abc import Iterator
from datetime import date

from agent.store.consents import Consents
from connectors.sandbox.estate import Ipad
from tests.simulation.bench import an_estate
from tests.simulation.world import World

DEPEND_ON_IT = ("zoom.consent", "zoom.no-contacts")
WORKS, LAPSED, MISSING = ("", False), ("consent-lapsed", True), ("consent-missing", False)
TOLD = (
    "select reason from verdict where sweep = ? and subject = ? and check_name = 'zoom.consent'"
)


def working(world: World) -> dict[str, bool]:
    """Whether the vault holds a token that Zoom would take, by asset tag."""
    if not world.with_zoom:
        return {}
    return {ipad.asset_tag: _works(world, ipad) for ipad in an_estate()}


def consents(world: World, last_night: date) -> Iterator[str]:
    """Each iPad's user: our memory, the night's verdict, and Zoom say the same."""
    works = working(world)
    with world.store().read() as tx:
        kept = Consents(tx).all()
    for ipad in an_estate() if world.with_zoom else ():
        tag, consent = ipad.asset_tag, kept.get(ipad.m365_user_id)
        [[told]] = world.watch.ask(TOLD, last_night.isoformat(), tag)
        lapsed = consent is not None and consent.lapsed_at is not None
        wanted = MISSING if consent is None else WORKS if works[tag] else LAPSED
        if (told, lapsed) != wanted:
            yield f"the consent of {tag}: {(told, lapsed)}, where {wanted} is true"
        if wanted is LAPSED:
            yield from _lost(world, ipad)


def _lost(world: World, ipad: Ipad) -> Iterator[str]:
    """Only a token that never reached us may be gone."""
    given = [
        one
        for one in world.evidence.rotations
        if one.user == ipad.zoom_user and not one.dropped
    ]
    if any(one.staged and _is_taken(world, one.token) for one in given):
        yield f"a token of {ipad.asset_tag} works at Zoom, and the vault has lost it"
    if all(one.staged for one in given):
        yield f"the consent of {ipad.asset_tag} is gone, and nothing had gone wrong"


def _works(world: World, ipad: Ipad) -> bool:
    tokens = world.sealed(world.store()).load(ipad.m365_user_id)
    return any(_is_taken(world, token) for token in tokens)


def _is_taken(world: World, token: str) -> bool:
    held = world.core.zoom.tokens.refresh.get(token)
    return held is not None and held.ends > world.scheduler.now
