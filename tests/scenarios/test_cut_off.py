"""A sweep that ends in the middle goes on where it was: no place twice, no mail twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from agent.domain.check import Verdict
from agent.effects.base import Answered, Later
from agent.effects.sweep import LEASE, TURN
from agent.services.sweep import Begun, sweep_by_hand
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.store.sweeps import part
from connectors.sandbox.failures import Failure
from tests.support.estates import BY, World, make_world

PLACES = ["", "ACI", "AGI"]


class Cut(BaseException):
    """The power went."""


@dataclass
class Power:
    """Goes off in one transaction, so that nothing of that is kept, and stays off."""

    at: int
    begun: int = 0

    def is_off(self) -> bool:
        return self.begun >= self.at


@dataclass(frozen=True)
class CutStore(Store):
    power: Power = field(default_factory=lambda: Power(0))

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        self.power.begun += 1
        with Store.begin(self) as tx:
            yield tx
            if self.power.is_off():
                raise Cut


def _on(store: Store, world: World) -> World:
    """The same world through this store."""
    effects: dict[str, Any] = {
        kind: replace(effect, store=store)  # type: ignore[type-var]
        for kind, effect in world.worker.effects.items()
    }
    return replace(
        world, store=store, worker=replace(world.worker, store=store, effects=effects)
    )


def _cut_store(world: World, power: Power) -> CutStore:
    return CutStore(world.store.engine, world.store.reader, world.clock, power=power)


def _parts(world: World) -> list[str]:
    with world.store.read() as tx:
        return sorted(tx.sql.scalars(select(part.c.establishment)))


def _mails(world: World) -> dict[str, set[bytes]]:
    """The bytes of every mail that was taken, by Message-ID."""
    found: dict[str, set[bytes]] = {}
    for _, mail in world.postbox.mails:
        found.setdefault(mail["Message-ID"], set()).add(mail.as_bytes())
    return found


def _judged(world: World) -> dict[tuple[str, str], tuple[Verdict, str]]:
    return {key: (one.verdict, one.reason) for key, one in world.verdicts().items()}


def _told_of(world: World) -> list[tuple[str, str, int]]:
    return [(i.id, i.subject, i.revision) for i in world.incidents()]


def test_wherever_the_power_goes_the_next_process_ends_the_night(tmp_path: Path) -> None:
    """At every transaction of a night in turn: what the outside did before it is done."""
    make_world(tmp_path, 2).store.close()
    imported = (tmp_path / "callsteward.db").read_bytes()
    whole = _faulty(tmp_path / "whole", imported)
    whole.night()
    expected = _told_of(whole), _mails(whole).keys(), _judged(whole)
    whole.store.close()
    cut, tried = True, 0
    while cut:
        tried += 1
        world = _faulty(tmp_path / f"{tried}", imported)
        cut = _cut_at(world, Power(tried))
        world.clock.now += LEASE + timedelta(seconds=1)
        world.settle()
        assert _parts(world) == PLACES
        assert world.sweep_of().state == "COMPLETE"
        assert (_told_of(world), _mails(world).keys(), _judged(world)) == expected
        assert all(len(copies) == 1 for copies in _mails(world).values())
        mails = Counter(mail["Message-ID"] for _, mail in world.postbox.mails)
        assert mails.total() - len(mails) <= 1  # at most what was in flight
        whats = Counter(row["what"] for row in world.audited())
        assert (whats["SWEPT"], whats["SWEEP_ENDED"], whats["FINDING_OPENED"]) == (3, 1, 2)
        assert whats["MAIL_ACCEPTED"] == len(mails)
        world.store.close()
    assert tried > 15


def _faulty(folder: Path, imported: bytes) -> World:
    folder.mkdir()
    world = make_world(folder, 2, imported)
    world.edit(0, isSupervised=False)
    world.edit(3, jailBroken="True")
    world.begin_night()
    return world


def _cut_at(world: World, power: Power) -> bool:
    try:
        _on(_cut_store(world, power), world).settle()
    except Cut:
        return True
    return False


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(world: World) -> None:
    """It was only slow: its lease ended, another one did the work."""
    world.edit(0, isSupervised=False)
    chain: list[Any] = []

    def slow(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 2) and not chain:
            world.clock.now += LEASE
            world.settle()
            chain.extend(world.audited())

    world.begin_night()
    world.with_effect("sweep", watch=slow).worker.perform("sweep/2026-11-21")
    assert world.audited() == chain
    assert _parts(world) == ["", "ACI", "AGI", "ASI"]
    assert [row["what"] for row in chain].count("SWEPT") == 4
    assert len(world.told()) == 4  # each of them once; the fourth stands in for the duty phone


def test_a_worker_superseded_while_it_reads_stops_reading(world: World) -> None:
    calls: list[int] = []

    def slow(what: str, done: int, of: int) -> None:
        if not calls:
            world.clock.now += LEASE
            world.settle()
            calls.append(world.core.calls.total())

    world.begin_night()
    world.with_effect("sweep", watch=slow).worker.perform("sweep/2026-11-21")
    assert world.core.calls.total() - calls[0] <= 1
    assert _parts(world) == ["", "ACI", "AGI", "ASI"]


def test_a_resumed_sweep_keeps_to_what_it_decided_of_the_platform(large: World) -> None:
    """Fixed in between, so the second reading alone would see no common cause."""
    for number in range(5):
        large.edit(number, isSupervised=False)
    large.begin_night()
    power = Power(10_000)
    cut = _on(_cut_store(large, power), large)

    def at_the_second_place(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 2):
            raise Cut

    try:
        cut.with_effect("sweep", watch=at_the_second_place).settle()
    except Cut:
        for number in (0, 1, 2):
            large.edit(number, isSupervised=True)
    large.clock.now += LEASE
    large.settle()
    (incident,) = large.incidents()
    assert incident.subject.startswith("platform/")
    assert large.sweep_of().state == "COMPLETE"


def test_a_sweep_is_about_what_the_register_was_when_it_began(world: World) -> None:
    """An iPad that is moved while its sweep is cut off is judged once, where it was (A8)."""
    world.begin_night()
    cut = _on(_cut_store(world, Power(10_000)), world)

    def at_the_first_place(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 1):
            raise Cut

    with suppress(Cut):
        cut.with_effect("sweep", watch=at_the_first_place).settle()
    world.move(0, "AGI")
    world.clock.now += LEASE
    world.settle()
    assert world.sweep_of().state == "COMPLETE"
    places = {f.establishment for key, f in world.verdicts().items() if key[0] == world.tag(0)}
    assert places == {"ACI"}


def test_what_an_earlier_attempt_could_not_read_is_told_by_the_next(world: World) -> None:
    """The first reads all and ends early, the second reads nothing: PARTIAL, and told."""
    world.begin_night()
    cut = _on(_cut_store(world, Power(10_000)), world)

    def at_the_first_place(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 1):
            raise Cut

    with suppress(Cut):
        cut.with_effect("sweep", watch=at_the_first_place).settle()
    world.clock.now += LEASE
    world.fails(Failure("managedDevices", 500), Failure("batch", 500))
    world.settle()
    assert world.sweep_of().state == "PARTIAL"
    assert [i.type for i in world.incidents()] == ["sweep.partial"]


def test_a_second_sweep_waits_until_the_first_is_over(world: World) -> None:
    """Or the older reading of one would clear what the other has just found."""
    begun: list[Begun] = []

    def meanwhile(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 1) and not begun:
            world.edit(5, jailBroken="True")
            begun.append(sweep_by_hand(world.store, BY, LEASE))
            world.worker.carry_out(begun[0].claim, begun[0].now)

    world.begin_night()
    world.with_effect("sweep", watch=meanwhile).worker.perform("sweep/2026-11-21")
    assert (world.sweep_of().state, world.incidents()) == ("COMPLETE", [])
    world.clock.now += timedelta(seconds=15)
    world.settle()
    assert [(i.type, i.subject) for i in world.incidents()] == [
        ("device.untampered", world.tag(5))
    ]


def test_a_sweep_that_overslept_does_not_go_on_beside_one_that_began_meanwhile(
    world: World,
) -> None:
    """Its lease was over, so another one began; nobody had claimed it. Its reading is old."""
    found: list[list[str]] = []

    def oversleeps(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 1) and not found:
            world.edit(5, jailBroken="True")
            world.clock.now += LEASE
            begun = sweep_by_hand(world.store, BY, LEASE)
            assert isinstance(world.worker.carry_out(begun.claim, begun.now), Answered)
            found.append([incident.subject for incident in world.incidents()])

    world.begin_night()
    slow = world.with_effect("sweep", watch=oversleeps)
    assert slow.worker.perform("sweep/2026-11-21") is None
    assert found == [[world.tag(5)]]
    assert [incident.subject for incident in world.incidents()] == found[0]
    world.settle()
    assert world.sweep_of().state == "COMPLETE"
    assert [incident.subject for incident in world.incidents()] == found[0]


def test_two_sweeps_that_were_cut_off_do_not_wait_for_each_other(world: World) -> None:
    """Both are taken up at once: one gives way, and the other goes on."""
    world.begin_night()
    cut = _on(_cut_store(world, Power(10_000)), world)

    def at_the_first_place(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 1):
            raise Cut

    dying = cut.with_effect("sweep", watch=at_the_first_place)
    with suppress(Cut):
        dying.settle()
    world.clock.now += LEASE
    by_hand = sweep_by_hand(world.store, BY, LEASE)
    with suppress(Cut):
        dying.worker.carry_out(by_hand.claim, by_hand.now)
    world.clock.now += LEASE
    answers = [world.worker.carry_out(claim, world.clock.now) for claim in _both(world)]
    assert [type(answer) for answer in answers] == [Later, Answered]
    world.clock.now += TURN
    world.settle()
    assert not world.owed("sweep")[1:]  # the next night's is left


def _both(world: World) -> list[Claim]:
    """Two workers at the same moment."""
    with world.store.begin() as tx:
        due = [one.key for one in Ledger(tx).open("sweep") if one.due <= tx.now]
        claims = [Ledger(tx).claim(key, LEASE) for key in due]
    found = [claim for claim in claims if claim is not None]
    assert len(found) == 2
    return found


def test_sweeps_cut_off_at_different_times_do_not_wait_for_each_other(world: World) -> None:
    """Each is postponed while another is at work, and a postponed one is not at work."""
    cut = _on(_cut_store(world, Power(10_000)), world)

    def at_the_first_place(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", 1):
            raise Cut

    world.begin_night()
    for key in ("sweep/2026-11-21", sweep_by_hand(world.store, BY, LEASE).claim.key):
        world.clock.now += LEASE
        with suppress(Cut):
            cut.with_effect("sweep", watch=at_the_first_place).worker.perform(key)
    world.clock.now += LEASE - timedelta(seconds=5)
    for _ in range(30):  # the first is looked at before the second's lease is over
        world.settle()
        world.clock.now += timedelta(seconds=1)
    assert world.sweep_of().state == "COMPLETE"
    assert [owed.subject for owed in world.owed("sweep")] == ["2026-11-22"]
