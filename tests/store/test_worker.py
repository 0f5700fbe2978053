"""Lanes: bounded threads, no key twice at once, no lane waits for another, faults of ours."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from agent.effects.base import Answered, Look
from agent.logs import Lines
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger
from agent.tick import Worker
from agent.worker import Lanes
from tests.support.stores import NOON, a_store


@dataclass(frozen=True)
class Does:
    """An effect that does what a test says."""

    kind: str
    lane: str
    does: Callable[[Claim], None] = lambda claim: None
    lease: timedelta = timedelta(seconds=30)
    acted: list[str] = field(default_factory=list)

    def look(self, claim: Claim) -> Look:
        return Look.CANNOT_TELL

    def act(self, claim: Claim, now: datetime) -> Answered:
        self.acted.append(claim.key)
        self.does(claim)
        return Answered("done")

    def record(self, tx: Transaction, claim: Claim, answer: Answered) -> None: ...


class Idle(Worker):
    """Has nothing to do, and is done with it at once."""

    def perform(self, key: str, taken: Callable[[Claim], object] = print) -> None: ...


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = a_store(url)
    yield opened
    opened.close()


def _owe(store: Store, kind: str, count: int = 1) -> None:
    with store.begin() as tx:
        for number in range(count):
            Ledger(tx).owe(kind, str(number), NOON)


def _open(store: Store, kind: str) -> int:
    with store.read() as tx:
        return len(Ledger(tx).open(kind))


def _lanes(store: Store, *effects: Does, slots: int = 2) -> Lanes:
    by_kind = {effect.kind: effect for effect in effects}
    return Lanes(Worker(store, by_kind, {effect.lane: slots for effect in effects}))


def test_drain_does_all_that_is_due_and_ends(store: Store) -> None:
    effect = Does("letter", "alarm")
    lanes = _lanes(store, effect)
    _owe(store, "letter", 25)
    lanes.drain(60)
    lanes.close()
    assert sorted(effect.acted) == sorted(f"letter/{n}" for n in range(25))
    assert _open(store, "letter") == 0


def test_drain_ends_although_something_stays_owed(store: Store) -> None:
    def fails(claim: Claim) -> None:
        raise ZeroDivisionError

    effect = Does("letter", "alarm", fails)
    lanes = _lanes(store, effect)
    _owe(store, "letter", 3)
    lanes.drain(60)
    lanes.close()
    assert len(effect.acted) == 3
    assert _open(store, "letter") == 3


def test_a_key_in_flight_is_not_taken_twice(store: Store) -> None:
    """Its lease is over already: only this process knows that it is still at it."""
    begun, go_on = threading.Event(), threading.Event()

    def waits(claim: Claim) -> None:
        begun.set()
        assert go_on.wait(20)

    effect = Does("letter", "alarm", waits, timedelta(0))
    lanes = _lanes(store, effect)
    _owe(store, "letter")
    lanes.tick()
    assert begun.wait(20)
    lanes.tick()
    lanes.tick()
    go_on.set()
    lanes.close()
    assert effect.acted == ["letter/0"]


def test_a_lane_that_hangs_keeps_no_other_lane_waiting(store: Store) -> None:
    """DESIGN 4: a slow mail server never delays a sweep."""
    go_on, swept = threading.Event(), threading.Event()

    def waits(claim: Claim) -> None:
        assert go_on.wait(20)

    slow = Does("letter", "alarm", waits)
    quick = Does("sweep", "routine", lambda claim: swept.set())
    lanes = _lanes(store, slow, quick)
    _owe(store, "letter", 5)
    _owe(store, "sweep")
    lanes.tick()
    assert swept.wait(20)
    assert len(slow.acted) <= 2
    go_on.set()
    lanes.close()


def test_what_ends_at_once_does_not_lock_the_lanes(store: Store) -> None:
    """A thread may be done before its future is written down."""
    lanes = Lanes(Idle(store, {}, {"alarm": 4}))
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    done = threading.Event()

    def all_of_them() -> None:
        for number in range(20_000):
            lanes._submit("alarm", f"letter/{number}")
        done.set()

    try:
        threading.Thread(target=all_of_them, daemon=True).start()
        assert done.wait(30)
        lanes.close()
    finally:
        sys.setswitchinterval(patience)


def test_closing_lets_what_is_in_flight_end_and_leaves_the_rest_owed(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def waits(claim: Claim) -> None:
        begun.set()
        assert go_on.wait(20)

    effect = Does("letter", "alarm", waits)
    lanes = _lanes(store, effect, slots=1)
    _owe(store, "letter", 2)
    lanes.tick()
    lanes.tick()
    assert begun.wait(20)
    closing = threading.Thread(target=lanes.close)
    closing.start()
    go_on.set()
    closing.join(20)
    assert _open(store, "letter") == 2 - len(effect.acted)


def test_a_fault_of_ours_leaves_the_obligation_owed_and_logs_no_personal_data(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(claim: Claim) -> None:
        raise KeyError("asha.abara@justice.example")

    lanes = _lanes(store, Does("letter", "alarm", fails))
    _owe(store, "letter")
    lanes.drain(60)
    lanes.close()
    assert _open(store, "letter") == 1
    (record,) = (r for r in caplog.records if r.name == "agent.worker")
    line = json.loads(Lines().format(record))
    assert line["key"] == "letter/0"
    assert line["level"] == "ERROR"
    assert line["error"].startswith("KeyError at ")
    assert "asha" not in json.dumps(line)


def test_what_went_wrong_is_kept_with_the_obligation(store: Store) -> None:
    def fails(claim: Claim) -> None:
        raise KeyError("asha.abara@justice.example")

    lanes = _lanes(store, Does("letter", "alarm", fails))
    _owe(store, "letter")
    lanes.drain(60)
    lanes.close()
    with store.read() as tx:
        (owed,) = Ledger(tx).open("letter")
        assert Ledger(tx).held("letter") == set()
    assert str(owed.error).startswith("a fault of callsteward: KeyError at ")


def test_the_fault_of_one_whose_claim_is_old_is_not_that_of_who_holds_it_now(
    store: Store, url: str
) -> None:
    def fails_late(claim: Claim) -> None:
        after = claim_ends + timedelta(seconds=1)
        with closing(a_store(url, lambda: after)) as other, other.begin() as tx:
            assert Ledger(tx).claim(claim.key, timedelta(seconds=30)) is not None
        raise ZeroDivisionError

    effect = Does("letter", "alarm", fails_late)
    claim_ends = NOON + effect.lease
    lanes = _lanes(store, effect)
    _owe(store, "letter")
    lanes.tick()
    lanes.close()
    with store.read() as tx:
        (owed,) = Ledger(tx).open("letter")
        assert owed.error is None
        assert Ledger(tx).held("letter") == {"letter/0"}
