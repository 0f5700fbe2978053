"""The kill drill's judge: what nobody had to be told of is not lost, all else is."""

from datetime import timedelta

from sqlalchemy import delete

from agent.store.incidents import m, mail
from tests.support.estates import FIRST_NIGHT, World
from tests.support.killed.aftermath import Aftermath
from tests.support.killed.look import Tables

UNTOLD = ["device.checked-in K10001: nobody was told of each revision"]


def _lost(world: World) -> list[str]:
    tables = Tables(world.store.reader)
    return Aftermath(tables, tables.audit()).incidents_lost()


def _forget(world: World, revision: int) -> None:
    with world.store.begin() as tx:
        tx.sql.execute(delete(mail).where(m.revision == revision))


def test_upkeep_that_is_told_from_its_second_revision_on_is_not_lost(world: World) -> None:
    """Ten days without a check-in need nobody at the iPad yet, and 15 do."""
    for night, days in enumerate((10, 15, 45)):
        world.begin_night(FIRST_NIGHT + timedelta(days=night))
        world.last_seen(0, days)
        world.settle()
        assert _lost(world) == []
    assert [incident.revision for incident in world.incidents()] == [3]
    _forget(world, 3)
    assert _lost(world) == UNTOLD
    _forget(world, 2)
    assert _lost(world) == UNTOLD


def test_what_is_told_at_once_and_is_in_no_letter_is_lost(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.edit(0, lastSyncDateTime="2026-10-20T00:00:00Z")
    world.night()
    assert _lost(world) == []
    _forget(world, 1)
    assert UNTOLD[0] in _lost(world)
