"""Judged from outside once all is at rest: nothing lost, nothing twice, nothing made up."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from agent.services.audit import verify_chain
from agent.services.sweep import BY_HAND
from tests.simulation.bench import BEGINS
from tests.simulation.judge_consents import consents
from tests.simulation.judge_findings import findings
from tests.simulation.judge_letters import letters
from tests.simulation.judge_mail import mail
from tests.simulation.world import World

A_DAY = timedelta(days=1)
GIVEN_UP = {"NIGHT_MISSED", "SWEEP_ABANDONED"}


class Fate(NamedTuple):
    """What became of a sweep: by the ledger, by the audit, and by its own row."""

    state: str
    ended: int
    given_up: int
    row: str


NEXT = (Fate("owed", 0, 0, ""),)
GOOD = (
    Fate("done", 1, 0, "COMPLETE"),
    Fate("done", 1, 0, "PARTIAL"),
    Fate("void", 0, 1, "ABANDONED"),
    Fate("void", 0, 1, ""),  # nobody ever began it
)


def judge(world: World, last_night: date) -> list[str]:
    """Every sentence says what is wrong."""
    judges = (
        _chain(world),
        _nights(world, last_night),
        _sweeps(world),
        mail(world.mailer, world.watch),
        letters(world),
        findings(world, last_night),
        consents(world, last_night),
    )
    return [sentence for told in judges for sentence in told]


def _chain(world: World) -> Iterator[str]:
    chain = verify_chain(world.store())
    if not chain.ok:
        yield f"the audit chain does not hold: {chain.broken}"


def _nights(world: World, last_night: date) -> Iterator[str]:
    """Each night ended, or was given up with its row; so did each sweep by hand."""
    owed = dict(world.watch.ask("select subject, state from obligation where kind = 'sweep'"))
    states = dict(world.watch.ask("select id, state from sweep"))
    told = Counter((entry["what"], entry["subjectId"]) for entry in world.watch.audited)
    for day in range(1, (last_night - BEGINS.date()).days + 1):
        night = (BEGINS.date() + day * A_DAY).isoformat()
        if night not in owed:
            yield f"the night {night} was never owed"
    for subject, state in owed.items():
        is_next = subject > last_night.isoformat() and not subject.startswith(BY_HAND)
        ended = told["SWEEP_ENDED", subject]
        given_up = sum(told[what, subject] for what in GIVEN_UP)
        found = Fate(state, ended, given_up, states.get(subject, ""))
        if found not in (NEXT if is_next else GOOD):
            yield f"the sweep {subject} is wrong: {found}"


def _sweeps(world: World) -> Iterator[str]:
    """A sweep that ended has each place once, and a verdict of every check on every iPad."""
    ended = world.watch.ask("select id from sweep where state in ('COMPLETE', 'PARTIAL')")
    places = _by_sweep(world, "select sweep, establishment from sweep_asset")
    parts = _by_sweep(world, "select sweep, establishment from sweep_part")
    verdicts = Counter(
        dict(
            world.watch.ask("select sweep || '/' || subject, count(*) from verdict group by 1")
        )
    )
    swept = Counter(
        (entry["correlationId"], entry["subjectId"])
        for entry in world.watch.audited
        if entry["what"] == "SWEPT"
    )
    for (sweep,) in ended:
        if parts[sweep] != places[sweep] | {""}:
            yield f"the sweep {sweep} has the parts {sorted(parts[sweep])}"
        for part in parts[sweep]:
            if swept[sweep, part or "national"] != 1:
                yield f"the sweep {sweep} has told {part} {swept[sweep, part]} times"
        assets = world.watch.ask("select tag from sweep_asset where sweep = ?", sweep)
        counts = {verdicts[f"{sweep}/{tag}"] for (tag,) in assets}
        if len(counts) != 1:
            yield f"the sweep {sweep} has {sorted(counts)} verdicts on its iPads"


def _by_sweep(world: World, sql: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for sweep, establishment in world.watch.ask(sql):
        found.setdefault(sweep, set()).add(establishment)
    return found
