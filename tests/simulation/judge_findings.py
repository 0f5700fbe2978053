"""What the last night found is what was there; each finding came and went once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from agent.cli.score import score
from agent.domain.check import Finding
from agent.domain.problems import NOT_KNOWN
from agent.store.sweeps import Sweeps
from tests.simulation.judge_consents import DEPEND_ON_IT, working
from tests.simulation.world import World

Key = tuple[str, str]  # subject, check or type
OLD_NAME = "zoom.neutral-name"  # an iPad that moved keeps its name in Zoom here
STANDING = "select subject, type, last_sweep from finding where cleared_at is null"
LATEST = "select id from sweep order by ended_at desc limit 1"
PEOPLE_CLOSE = ("security", "loss")
OPENED, CLEARED = "FINDING_OPENED", "FINDING_CLEARED"


def findings(world: World, last_night: date) -> Iterator[str]:
    """The last night was whole, so it must be true."""
    with world.store().read() as tx:
        sweep = Sweeps(tx).get(last_night.isoformat())
        verdicts = Sweeps(tx).verdicts(last_night.isoformat())
    if sweep is None or sweep.state != "COMPLETE":
        yield f"the last night is {sweep.state if sweep else 'not there'}"
        return
    yield from _true(world, verdicts)
    yield from _standing(world, verdicts)
    yield from _once_each(world)
    yield from _incidents(world)


def _true(world: World, verdicts: Iterable[Finding]) -> Iterator[str]:
    """As the sandbox's own truth has it, but for a consent that is gone, and an old name."""
    works = working(world)
    gone = {(tag, check) for tag in works if not works[tag] for check in DEPEND_ON_IT}
    gone |= {(tag, OLD_NAME) for tag in world.moved}
    truth = world.core.planting.truth()
    rows = [row for row in truth["rows"] if (row["subject"], row["check"]) not in gone]
    told = [one for one in verdicts if (one.subject, one.check) not in gone]
    found = score({"rows": rows, "faults": truth["faults"]}, told)
    yield from (*found.missed, *found.unexpected)
    if found.pass_on_unknown:
        yield f"{found.pass_on_unknown} verdicts pass what was hidden"


def _standing(world: World, verdicts: Iterable[Finding]) -> Iterator[str]:
    """Each failure stands, as of the last night; what was not known ends nothing."""
    keys = {(one.subject, one.check): one.verdict.value for one in verdicts}
    failed = {key for key, verdict in keys.items() if verdict == "fail"}
    unknown = {key for key, verdict in keys.items() if verdict == "unknown"}
    rows = world.watch.ask(STANDING)
    [[latest]] = world.watch.ask(LATEST)
    standing = {(subject, type_): seen for subject, type_, seen in rows}
    gaps = {subject for subject, type_ in standing if type_ == NOT_KNOWN}
    yield from (f"{key} fails and does not stand" for key in failed - standing.keys())
    for key, seen in standing.items():
        if key[1] != NOT_KNOWN and key not in failed | unknown:
            yield f"{key} stands and did not fail"
        if seen != latest and key not in unknown:
            yield f"{key} was seen by {seen}, not by {latest}"
    lacking = {subject for subject, _ in unknown}
    silent = _unexplained(lacking, gaps, failed)
    yield from (f"{one} has no answer, and none is missed" for one in silent)
    yield from (f"{one} misses an answer, and has all" for one in gaps - lacking)


def _unexplained(unknown: set[str], gaps: set[str], failed: set[Key]) -> set[str]:
    """No answer, nothing that says so, and no failure that could explain it."""
    return unknown - gaps - {subject for subject, _ in failed}


def _once_each(world: World) -> Iterator[str]:
    """Opened, cleared, opened: never twice the same in a row, and once for each row."""
    told: dict[Key, list[str]] = defaultdict(list)
    for entry in world.watch.audited:
        if entry["what"] in (OPENED, CLEARED):
            told[entry["subjectId"], entry["details"]["type"]].append(entry["what"])
    rows = Counter(world.watch.ask("select subject, type from finding"))
    open_ = set(world.watch.ask("select subject, type from finding where cleared_at is null"))
    for key, whats in told.items():
        wanted = [(OPENED, CLEARED)[n % 2] for n in range(len(whats))]
        if whats != wanted or rows[key] != whats.count(OPENED):
            yield f"{key} was told as {whats}, and has {rows[key]} rows"
        if (whats[-1] == OPENED) != (key in open_):
            yield f"{key} was last {whats[-1]}, and stands: {key in open_}"
    yield from (f"{key} was never told as opened" for key in rows.keys() - told.keys())


def _incidents(world: World) -> Iterator[str]:
    """One that is not closed for each type and subject. Nobody closes any in a schedule: the
    machine closes what is no longer found, but for security and loss, which it only clears."""
    rows = world.watch.ask(
        "select id, type, subject, category, state, cleared_at is not null, (select count(*)"
        " from finding where incident = i.id and cleared_at is null) from incident i"
    )
    twice = Counter(row[1:3] for row in rows if row[4] != "closed")
    yield from (f"{key} has {n} open incidents" for key, n in twice.items() if n > 1)
    for id_, type_, _, category, state, over, standing in rows:
        if bool(over) == bool(standing):
            yield f"{id_} ({type_}) is over: {bool(over)}, and {standing} of its findings stand"
        if (state == "closed") != (bool(over) and category not in PEOPLE_CLOSE):
            yield f"{id_} ({type_}, {category}) is {state}, and over: {bool(over)}"
