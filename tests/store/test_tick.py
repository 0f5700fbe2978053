"""The worker: look before a repeat, patience that grows to a limit, nothing by a late claim."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from agent.effects.base import Answered, Later, Look
from agent.errors import Misconfigured, Refused, Superseded, TryAgain, UnknownReply
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger, Owed
from agent.tick import Worker
from tests.support.estates import Clock
from tests.support.stores import NOON, a_store

SECOND = timedelta(seconds=1)


@dataclass
class Letters:
    """An effect whose outside does what a test says."""

    store: Store
    kind: str = "letter"
    lane: str = "alarm"
    lease: timedelta = 30 * SECOND
    sees: Answered | Look = Look.CANNOT_TELL
    does: Callable[[], Answered | Later] = lambda: Answered("sent")
    log: list[str] = field(default_factory=list)

    def look(self, claim: Claim) -> Answered | Look:
        self.log.append("look")
        return self.sees

    def act(self, claim: Claim, now: datetime) -> Answered | Later:
        self.log.append("act")
        return self.does()

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
        self.log.append(f"record {answer.result}")


def _raises(err: Exception) -> Callable[[], Answered]:
    def does() -> Answered:
        raise err

    return does


def _takes(desk: "Desk", time: timedelta) -> Callable[[], Answered]:
    """It fails after so long."""

    def does() -> Answered:
        desk.clock.now += time
        raise TryAgain("away")

    return does


@dataclass
class Desk:
    clock: Clock
    store: Store
    letters: Letters

    def owe(self) -> None:
        with self.store.begin() as tx:
            Ledger(tx).owe("letter", "1", NOON)

    def withdraw(self) -> None:
        with self.store.begin() as tx:
            Ledger(tx).withdraw("letter/1")

    def perform(self) -> list[str]:
        """One attempt; what was done."""
        self.letters.log.clear()
        self.worker().perform("letter/1")
        return self.letters.log

    def worker(self) -> Worker:
        return Worker(self.store, {"letter": self.letters}, {"alarm": 2})

    def owed(self) -> Owed | None:
        with self.store.read() as tx:
            return next(iter(Ledger(tx).open("letter")), None)

    def pause(self) -> timedelta:
        owed = self.owed()
        assert owed is not None
        return owed.next_at - self.clock.now

    def wait(self) -> None:
        self.clock.now += self.pause()


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    clock = Clock(NOON)
    store = a_store(url, clock)
    made = Desk(clock, store, Letters(store))
    made.owe()
    yield made
    store.close()


def test_the_first_attempt_acts_without_a_look_and_records_the_answer(desk: Desk) -> None:
    assert desk.perform() == ["act", "record sent"]
    assert desk.owed() is None
    assert desk.perform() == []


def test_a_repeat_looks_first_and_does_not_act_on_what_is_there(desk: Desk) -> None:
    desk.letters.does = _raises(TryAgain("away"))
    assert desk.perform() == ["act"]
    desk.wait()
    desk.letters.sees = Answered("seen")
    assert desk.perform() == ["look", "record seen"]
    assert desk.owed() is None


@pytest.mark.parametrize("sees", [Look.CANNOT_TELL, Look.NOTHING_THERE])
def test_a_repeat_acts_where_the_outside_shows_nothing(desk: Desk, sees: Look) -> None:
    desk.letters.does = _raises(TryAgain("away"))
    desk.perform()
    desk.wait()
    desk.letters.sees, desk.letters.does = sees, lambda: Answered("sent")
    assert desk.perform() == ["look", "act", "record sent"]


@pytest.mark.parametrize(
    ("sees", "log"),
    [
        (Look.NOTHING_THERE, ["look"]),
        (Look.CANNOT_TELL, ["look", "record presumed done"]),
        (Answered("seen"), ["look", "record seen"]),
    ],
)
def test_what_is_withdrawn_after_an_attempt_is_looked_for_and_not_done_again(
    desk: Desk, sees: Answered | Look, log: list[str]
) -> None:
    desk.letters.does = _raises(TryAgain("away"))
    desk.perform()
    desk.withdraw()
    desk.wait()
    desk.letters.sees = sees
    assert desk.perform() == log
    assert desk.owed() is None


def test_pauses_grow_to_ten_minutes(desk: Desk) -> None:
    desk.letters.does = _raises(TryAgain("away"))
    pauses = []
    for _ in range(13):
        desk.perform()
        pauses.append(desk.pause().total_seconds())
        desk.wait()
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]


def test_a_closing_is_tried_every_thirty_seconds_at_least(desk: Desk) -> None:
    desk.letters.lane = "closing"
    desk.letters.does = _raises(TryAgain("away"))
    for _ in range(8):
        desk.perform()
        assert desk.pause() <= 30 * SECOND
        desk.wait()
    assert desk.pause() == timedelta(0)


def test_the_pause_of_a_closing_counts_from_the_begin_of_its_attempt(desk: Desk) -> None:
    """What timed out has had its pause; so has nobody but a closing."""
    for lane, pauses in (("closing", [0, 0, 1]), ("alarm", [8, 16, 32])):
        desk.letters.lane, found = lane, []
        for seconds in (1, 2, 2):
            desk.letters.does = _takes(desk, seconds * SECOND)
            desk.perform()
            found.append(desk.pause() // SECOND)
            desk.wait()
        assert found == pauses


def test_a_pause_that_the_outside_asks_for_is_kept(desk: Desk) -> None:
    desk.letters.does = _raises(TryAgain("busy", after=77 * SECOND))
    desk.perform()
    assert desk.pause() == 77 * SECOND


@pytest.mark.parametrize("error", [Refused("no"), UnknownReply("what?"), TryAgain("away")])
def test_whatever_the_outside_says_it_stays_owed_and_says_why(
    desk: Desk, error: Exception
) -> None:
    desk.letters.does = _raises(error)
    desk.perform()
    owed = desk.owed()
    assert owed is not None
    assert (owed.state, owed.failures) == ("owed", 1)
    assert str(error) in (owed.error or "")


def test_later_is_no_failure(desk: Desk) -> None:
    desk.letters.does = lambda: Later(NOON + 90 * SECOND, "not yet")
    desk.perform()
    owed = desk.owed()
    assert owed is not None
    assert (owed.failures, owed.error, owed.next_at) == (0, "not yet", NOON + 90 * SECOND)


def test_an_answer_that_comes_after_the_lease_changes_nothing(desk: Desk) -> None:
    def slow() -> Answered:
        desk.clock.now += desk.letters.lease
        desk.letters.does = lambda: Answered("the other")
        desk.worker().perform("letter/1")
        return Answered("too late")

    desk.letters.does = slow
    assert desk.perform() == ["act", "look", "act", "record the other"]
    assert desk.owed() is None


def test_one_who_learns_that_he_is_superseded_writes_nothing(desk: Desk) -> None:
    desk.letters.does = _raises(Superseded("another one"))
    assert desk.perform() == ["act"]
    owed = desk.owed()
    assert owed is not None
    assert (owed.failures, owed.error, desk.pause()) == (1, None, desk.letters.lease)


def test_what_cannot_be_recorded_stays_owed(desk: Desk) -> None:
    """The answer and what follows from it are one transaction."""

    class Careless(Letters):
        def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None:
            raise ZeroDivisionError

    careless = Careless(desk.store)
    with pytest.raises(ZeroDivisionError):
        Worker(desk.store, {"letter": careless}, {"alarm": 1}).perform("letter/1")
    assert desk.owed() is not None


def test_a_tick_hands_out_each_lane_up_to_its_slots(desk: Desk) -> None:
    with desk.store.begin() as tx:
        for number in range(5):
            Ledger(tx).owe("letter", str(number), NOON)
    handed: list[tuple[str, str]] = []
    assert desk.worker().tick(lambda lane, key: handed.append((lane, key))) == 2
    assert handed == [("alarm", "letter/0"), ("alarm", "letter/1")]


def test_a_kind_that_nobody_here_can_meet_is_refused_at_the_start(desk: Desk) -> None:
    desk.worker().prove_complete()
    with desk.store.begin() as tx:
        Ledger(tx).owe("zoom.allow-list", "G12", NOON)
    with pytest.raises(Misconfigured, match=r"zoom\.allow-list") as refused:
        desk.worker().prove_complete()
    assert "newer" in refused.value.hint


def test_a_kind_that_is_over_does_no_harm(desk: Desk) -> None:
    with desk.store.begin() as tx:
        Ledger(tx).owe("mdm.sync", "K10001", NOON)
        Ledger(tx).withdraw("mdm.sync/K10001")
    desk.worker().prove_complete()
