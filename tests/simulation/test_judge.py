"""The judge sees what it is there for: a world at rest, and one thing in it made wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.simulation.bench import Bench, an_estate
from tests.simulation.judge import judge
from tests.simulation.playing import played
from tests.simulation.postbox import Accepted
from tests.simulation.scheduler import Life, Strand
from tests.simulation.world import World

SEED = 1  # three findings stand at its end
WITH_ZOOM = 4

Tampering = Callable[[World], None]


def _sql(statement: str) -> Tampering:
    """What somebody does to the database behind our back."""

    def tamper(world: World) -> None:
        world.watch.ask("pragma foreign_keys = off")
        world.watch.ask(statement)

    return tamper


def _a_copy_more(world: World) -> None:
    """Of a mail that was accepted and written down."""
    world.mailer.accepted.append(_lively(world))


def _another_text(world: World) -> None:
    one = _lively(world)
    other = replace(one, unheard=True, content=one.content + b"P.S.")
    world.mailer.accepted.append(other)


def _twice(world: World) -> None:
    """Somebody dropped the index that keeps it from happening."""
    world.watch.ask("drop index incident_open")
    world.watch.ask("update incident set type = 'x', subject = 'y', cleared_at = null")
    world.watch.ask("update incident set state = 'open', closed_at = null")


def _lively(world: World) -> Accepted:
    one = world.mailer.accepted[-1]
    assert one.by is not None
    one.by.life.dead = False
    return replace(one, answer="250 queued as another", unheard=False)


FIRST = "(select min(rowid) from {})"
STANDING = "(select min(id) from finding where cleared_at is null)"
AT_REST: dict[str, Tampering] = {
    "was never owed": _sql("delete from obligation where kind = 'sweep'"),
    "is wrong: Fate(": _sql("update sweep set state = 'RUNNING' where id like '2026%'"),
    "has the parts": _sql(f"delete from sweep_part where rowid = {FIRST.format('sweep_part')}"),
    "verdicts on its iPads": _sql(
        f"delete from verdict where rowid = {FIRST.format('verdict')}"
    ),
    "chain does not hold": _sql("update audit set row = row || ' ' where seq = 7"),
    "was not accepted": _sql("update mail set accepted_at = null"),
    "and was not accepted": _sql("update obligation set state = 'owed' where kind = 'mail'"),
    "was accepted as": _sql("update mail set answer = '250 queued as 99'"),
    "was never told of": _sql("update mail set role = 'governor'"),
    "in its last revision": _sql("update incident set revision = 7"),
    "is not where its iPad is": _sql("update incident set establishment = 'XXI'"),
    "nobody owed the mail": _sql("update mail set message_id = '<another>'"),
    "fails and does not stand": _sql(f"delete from finding where id = {STANDING}"),
    "stands and did not fail": _sql(f"update finding set type = 'x' where id = {STANDING}"),
    "rows": _sql("delete from finding"),
    "was seen by x": _sql("update finding set last_sweep = 'x'"),
    "of its findings stand": _sql("update incident set cleared_at = 1"),
    "and over: False": _sql("update incident set state = 'closed', closed_at = 1"),
    "is open, and over: True": _sql(
        "update incident set state = 'open', closed_at = null, cleared_at = 1,"
        " category = 'upkeep'"
    ),
    "open incidents": _twice,
    "missed: ": _sql("update verdict set verdict = 'pass', reason = ''"),
    "unexpected: ": _sql("update verdict set verdict = 'fail', reason = 'made-up'"),
    "the last night is": _sql("update sweep set state = 'PARTIAL'"),
    "nothing had gone wrong": _a_copy_more,
    "in two different texts": _another_text,
}


@pytest.mark.parametrize("sentence", AT_REST)
def test_what_is_made_wrong_is_seen(bench: Bench, sentence: str) -> None:
    with played(bench, SEED) as (world, last_night):
        assert last_night is not None
        assert judge(world, last_night) == []
        AT_REST[sentence](world)
        assert sentence in "\n".join(judge(world, last_night))


def _forgotten(world: World) -> None:
    for ipad in an_estate():
        world.core.zoom.tokens.forget(ipad.zoom_user)


OF_CONSENTS: dict[str, Tampering] = {
    "where ('', False) is true": _sql("update consent set lapsed_at = renewed_at"),
    "where ('consent-missing', False) is true": _sql("delete from consent"),
    "where ('consent-lapsed', True) is true": _forgotten,
    "the vault has lost it": _sql("delete from consent_token"),
    "is gone, and nothing had gone wrong": _forgotten,
}


@pytest.mark.parametrize("sentence", OF_CONSENTS)
def test_a_consent_that_is_wrong_is_seen(bench: Bench, sentence: str) -> None:
    with played(bench, WITH_ZOOM) as (world, last_night):
        assert last_night is not None
        assert judge(world, last_night) == []
        OF_CONSENTS[sentence](world)
        assert sentence in "\n".join(judge(world, last_night))


def test_a_pass_on_what_nobody_read_is_seen(bench: Bench) -> None:
    """As if a strand that had read nothing had committed the night."""
    with played(bench, WITH_ZOOM) as (world, last_night):
        assert last_night is not None
        assert world.watch.wrong == []
        swept = [one for one in world.watch.audited if one["what"] == "SWEPT"]
        for one in swept:
            if one["correlationId"] == last_night.isoformat():
                world.watch.prove_read(Strand(Life("nobody"), "nothing"), one)
        told = "\n".join(world.watch.wrong)
    for check in ("device.supervised", "zoom.no-recordings", "zoom.no-contacts"):
        assert f"passes {check}, which nobody read" in told
