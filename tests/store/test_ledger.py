"""The ledger: owed once, due never later, one holder at a time, and no late word counts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from agent.store.engine import Store
from agent.store.ledger import Claim, Ledger, obligation
from agent.store.opening import open_store
from tests.support.estates import Clock
from tests.support.stores import NOON, a_store

MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)


class Book:
    """One transaction for each thing done, as everywhere else."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    def owe(self, due: datetime, subject: str = "1") -> str:
        with self.store.begin() as tx:
            return Ledger(tx).owe("letter", subject, due)

    def owe_once(self, due: datetime) -> bool:
        with self.store.begin() as tx:
            return Ledger(tx).owe_once("letter", "1", due)

    def claim(self, lease: timedelta = LEASE, key: str = "letter/1") -> Claim:
        found = self.try_claim(lease, key)
        assert found is not None
        return found

    def try_claim(self, lease: timedelta = LEASE, key: str = "letter/1") -> Claim | None:
        with self.store.begin() as tx:
            return Ledger(tx).claim(key, lease)

    def finish(self, claim: Claim, state: str = "done") -> bool:
        with self.store.begin() as tx:
            return Ledger(tx).finish(claim, state)

    def held(self) -> frozenset[str]:
        with self.store.read() as tx:
            return Ledger(tx).held("letter")

    def postpone(self, claim: Claim, at: datetime, due: datetime | None = None) -> bool:
        with self.store.begin() as tx:
            return Ledger(tx).postpone(claim, at, "not yet", due=due)

    def retry(self, claim: Claim, at: datetime) -> bool:
        with self.store.begin() as tx:
            return Ledger(tx).retry(claim, at, "it said no")

    def renew(self, claim: Claim) -> bool:
        with self.store.begin() as tx:
            return Ledger(tx).renew(claim, LEASE)

    def withdraw(self) -> None:
        with self.store.begin() as tx:
            Ledger(tx).withdraw("letter/1")

    def row(self) -> tuple[str, datetime, datetime, int, str | None]:
        o = obligation.c
        with self.store.read() as tx:
            row = tx.sql.execute(select(o.state, o.due, o.next_at, o.failures, o.error)).one()
        return row.state, row.due, row.next_at, row.failures, row.error

    def runnable(self) -> list[str]:
        with self.store.read() as tx:
            return Ledger(tx).runnable(("letter",), 10)


@pytest.fixture
def book(url: str) -> Iterator[Book]:
    clock = Clock(NOON)
    store = a_store(url, clock)
    yield Book(store, clock)
    store.close()


def test_owing_again_is_not_twice_and_never_later(book: Book) -> None:
    book.owe(NOON + 5 * MINUTE)
    book.owe(NOON + 9 * MINUTE)
    assert book.row()[1:3] == (NOON + 5 * MINUTE, NOON + 5 * MINUTE)
    book.owe(NOON + 2 * MINUTE)
    assert book.row()[1:3] == (NOON + 2 * MINUTE, NOON + 2 * MINUTE)


def test_nothing_can_be_claimed_before_it_is_due(book: Book) -> None:
    book.owe(NOON + MINUTE)
    assert (book.runnable(), book.try_claim()) == ([], None)
    book.clock.now += MINUTE
    assert book.runnable() == ["letter/1"]
    assert book.try_claim() is not None


def test_a_claim_keeps_everybody_else_away_until_its_lease_ends(book: Book) -> None:
    book.owe(NOON)
    first = book.claim()
    book.clock.now += LEASE - timedelta(microseconds=1)
    assert (book.try_claim(), book.runnable()) == (None, [])
    book.clock.now += timedelta(microseconds=1)
    assert book.claim().fence == first.fence + 1


def test_held_is_what_somebody_works_on_and_not_what_was_put_off(book: Book) -> None:
    """Two that were put off would wait for each other for ever."""
    book.owe(NOON)
    assert book.held() == set()
    claim = book.claim()
    assert book.held() == {"letter/1"}
    book.postpone(claim, NOON + MINUTE)
    assert book.held() == set()
    book.clock.now += MINUTE
    again = book.claim()
    assert book.held() == {"letter/1"}
    book.retry(again, NOON + 3 * MINUTE)
    assert book.held() == set()


def test_a_new_wish_while_it_is_held_does_not_shorten_the_lease(book: Book) -> None:
    book.owe(NOON)
    book.claim()
    book.owe(NOON)
    assert book.try_claim() is None
    assert book.row()[2] == NOON + LEASE


def test_a_wish_made_meanwhile_is_met_after_the_one_in_hand(book: Book) -> None:
    book.owe(NOON)
    claim = book.claim()
    book.owe(NOON)
    assert book.finish(claim)
    assert book.row()[0] == "owed"
    again = book.claim()
    assert book.finish(again)
    assert book.row()[0] == "done"


def test_what_is_done_can_be_owed_anew(book: Book) -> None:
    book.owe(NOON)
    book.finish(book.claim())
    assert book.try_claim() is None
    book.owe(NOON + MINUTE)
    assert book.row()[:3] == ("owed", NOON + MINUTE, NOON + MINUTE)


def test_a_late_finish_writes_nothing(book: Book) -> None:
    book.owe(NOON)
    late = book.claim()
    book.clock.now += LEASE
    book.claim()
    before = book.row()
    assert not book.finish(late)
    assert not book.retry(late, NOON)
    assert not book.renew(late)
    with book.store.begin() as tx:
        assert not Ledger(tx).postpone(late, NOON, "later")
        assert not Ledger(tx).note(late, "a fault")
    assert book.row() == before
    assert book.held() == {"letter/1"}


def test_renewing_lengthens_the_lease(book: Book) -> None:
    book.owe(NOON)
    claim = book.claim()
    book.clock.now += LEASE - timedelta(seconds=1)
    assert book.renew(claim)
    book.clock.now += LEASE - timedelta(seconds=1)
    assert book.try_claim() is None
    assert book.finish(claim)
    assert not book.renew(claim)


def test_a_lease_that_is_over_is_not_renewed_although_nobody_claimed_it(book: Book) -> None:
    """Who looked at `held` meanwhile has gone on without it."""
    book.owe(NOON)
    claim = book.claim()
    book.clock.now += LEASE
    assert book.held() == set()
    before = book.row()
    assert not book.renew(claim)
    assert book.row() == before
    assert book.try_claim() is not None


def test_a_retry_counts_and_a_success_forgets(book: Book) -> None:
    book.owe(NOON)
    book.retry(book.claim(), NOON + MINUTE)
    assert book.row()[2:] == (NOON + MINUTE, 1, "it said no")
    assert book.try_claim() is None
    book.clock.now += MINUTE
    claim = book.claim()
    assert claim.failures == 1
    book.finish(claim)
    assert book.row()[3:] == (0, None)


def test_later_is_no_failure(book: Book) -> None:
    book.owe(NOON)
    claim = book.claim()
    with book.store.begin() as tx:
        assert Ledger(tx).postpone(claim, NOON + MINUTE, "the meeting is live")
    assert book.row() == ("owed", NOON, NOON + MINUTE, 0, "the meeting is live")


def test_withdrawn_before_any_attempt_it_is_void(book: Book) -> None:
    book.owe(NOON)
    book.withdraw()
    assert (book.row()[0], book.runnable()) == ("void", [])


def test_withdrawn_after_an_attempt_the_outside_must_still_be_asked(book: Book) -> None:
    book.owe(NOON)
    book.retry(book.claim(), NOON)
    book.withdraw()
    assert (book.row()[0], book.runnable()) == ("withdrawn", ["letter/1"])
    claim = book.claim()
    assert claim.state == "withdrawn"
    book.finish(claim, "void")
    assert book.row()[0] == "void"


def test_wished_again_after_it_was_withdrawn_it_is_owed(book: Book) -> None:
    book.owe(NOON)
    book.retry(book.claim(), NOON)
    book.withdraw()
    book.owe(NOON)
    assert book.row()[0] == "owed"


def test_withdrawn_while_it_is_held_it_is_not_done_as_if_wished_again(book: Book) -> None:
    book.owe(NOON)
    claim = book.claim()
    book.owe(NOON)
    book.withdraw()
    assert book.finish(claim)
    assert book.row()[0] == "done"


def test_a_withdrawal_of_what_is_over_changes_nothing(book: Book) -> None:
    book.owe(NOON)
    book.finish(book.claim())
    book.withdraw()
    assert book.row()[0] == "done"


def test_owed_once_is_owed_once_for_ever(book: Book) -> None:
    assert book.owe_once(NOON)
    assert not book.owe_once(NOON - MINUTE)
    assert book.row()[1] == NOON
    book.finish(book.claim())
    assert not book.owe_once(NOON)
    assert book.row()[0] == "done"


def test_the_longest_due_comes_first_and_no_more_than_asked_for(book: Book) -> None:
    for number, minutes in enumerate((2, 3, 1, 0)):
        book.owe(NOON - minutes * MINUTE, f"{number}")
    with book.store.read() as tx:
        assert Ledger(tx).runnable(("letter",), 3) == ["letter/1", "letter/0", "letter/2"]
        assert Ledger(tx).runnable(("sweep",), 3) == []


def test_what_is_due_at_once_wakes_and_what_is_due_later_does_not(url: str) -> None:
    woken: list[str] = []
    store = open_store(url, Clock(NOON), woken.extend)
    with store.begin() as tx:
        Ledger(tx).owe("letter", "now", NOON)
        Ledger(tx).owe("letter", "later", NOON + MINUTE)
        assert Ledger(tx).owe("letter", "now", NOON, "again") == "letter/now/again"
    assert woken == ["letter/now", "letter/now/again"]
    store.close()


def test_what_was_put_off_is_hastened_and_what_is_held_or_failed_is_not(book: Book) -> None:
    book.owe(NOON)
    held = book.claim()
    book.owe(NOON - MINUTE)
    assert book.row()[2] == NOON + LEASE
    assert book.retry(held, NOON + MINUTE)
    book.owe(NOON - MINUTE)
    assert book.row()[2] == NOON + MINUTE
    book.clock.now += MINUTE
    book.finish(book.claim())
    book.owe(NOON + 60 * MINUTE)
    book.owe(NOON + 5 * MINUTE)
    assert book.row()[2] == NOON + 5 * MINUTE
    book.clock.now += 5 * MINUTE
    book.postpone(book.claim(), NOON + 90 * MINUTE)
    book.owe(NOON + 61 * MINUTE)
    assert book.row()[2] == NOON + 61 * MINUTE


def test_a_closing_that_takes_its_process_down_comes_again_soon(book: Book) -> None:
    book.owe(NOON)
    for _ in range(12):
        with book.store.begin() as tx:
            claim = Ledger(tx).claim("letter/1", LEASE, LEASE)
        assert claim is not None
        assert book.row()[2] == book.clock.now + LEASE
        book.clock.now += LEASE


def test_a_wish_that_came_while_it_was_put_off_is_looked_at_at_once(book: Book) -> None:
    book.owe(NOON)
    claim = book.claim()
    book.owe(NOON)
    assert book.postpone(claim, NOON + 60 * MINUTE)
    assert book.row()[2] == NOON


def test_a_promise_that_is_not_due_yet_is_moved_and_a_wish_moves_it_back(book: Book) -> None:
    book.owe(NOON)
    later = NOON + 5 * MINUTE
    assert book.postpone(book.claim(), later, due=later)
    assert book.row()[1:3] == (later, later)
    book.owe(NOON)
    assert book.row()[1:3] == (NOON, NOON)


@pytest.mark.parametrize("kind", ["contact.close", "zoom.allow-list", "zoom.meeting-gone"])
def test_a_closing_is_never_given_up(url: str, kind: str) -> None:
    """The database itself refuses it, on both."""
    store = open_store(url, Clock(NOON))
    with store.begin() as tx:
        key = Ledger(tx).owe(kind, "1", NOON)
    with pytest.raises(IntegrityError), store.begin() as tx:
        Ledger(tx).withdraw(key)
    with store.read() as tx:
        assert [one.state for one in Ledger(tx).open(kind)] == ["owed"]
    store.close()


class OneObligation(RuleBasedStateMachine):
    """Any order of owing, claiming, finishing, failing, withdrawing and waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.book = Book(a_store(Path(self.folder.name), clock := Clock(NOON)), clock)
        self.claims: list[Claim] = []
        self.holder_until = NOON  # nobody but the last claim may act before
        self.waits = False  # owed again after it was done: nobody works on it
        self.wishes = 0

    def teardown(self) -> None:
        self.book.store.close()
        self.folder.cleanup()

    @rule(minutes=st.integers(-2, 2))
    def owe(self, minutes: int) -> None:
        before = self.book.row() if self.wishes else ("new", NOON, NOON, 0, None)
        self.book.owe(self.book.clock.now + minutes * MINUTE)
        self.wishes += 1
        state, due, next_at, _, _ = self.book.row()
        assert state == "owed"
        if before[0] in ("owed", "withdrawn"):
            assert due <= before[1]
            assert next_at >= self.holder_until or not self.claims or self.waits
            if self.waits:
                self.holder_until = next_at
        else:
            assert due == next_at == self.book.clock.now + minutes * MINUTE
            self.holder_until, self.waits = next_at, True

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.book.clock.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.wishes)
    @rule()
    def claim(self) -> None:
        state, _, next_at, _, _ = self.book.row()
        found = self.book.try_claim()
        live = state in ("owed", "withdrawn") and next_at <= self.book.clock.now
        assert (found is not None) is live
        if found is not None:
            assert found.fence == len(self.claims) + 1
            self.claims.append(found)
            self.holder_until, self.waits = self.book.clock.now + LEASE, False

    @precondition(lambda self: self.claims)
    @rule(which=st.integers(0, 5), how=st.sampled_from(["finish", "retry", "renew"]))
    def write(self, which: int, how: str) -> None:
        claim = self.claims[-1 - which % len(self.claims)]
        before = self.book.row()
        is_mine = claim is self.claims[-1] and before[0] in ("owed", "withdrawn")
        now = self.book.clock.now
        if how == "finish":
            assert self.book.finish(claim) is is_mine
            if is_mine:
                unmet = self.wishes > claim.wish and before[0] == "owed"
                assert self.book.row()[0] == ("owed" if unmet else "done")
        elif how == "retry":
            assert self.book.retry(claim, now + MINUTE) is is_mine
        else:
            is_mine = is_mine and before[2] > now
            assert self.book.renew(claim) is is_mine
        if is_mine:
            self.holder_until = self.book.row()[2]
        else:
            assert self.book.row() == before

    @precondition(lambda self: self.wishes)
    @rule()
    def withdraw(self) -> None:
        before = self.book.row()[0]
        self.book.withdraw()
        expected = {"owed": "withdrawn" if self.claims else "void"}.get(before, before)
        assert self.book.row()[0] == expected

    @invariant()
    def there_is_one_row_at_most(self) -> None:
        with self.book.store.read() as tx:
            assert len(tx.sql.execute(select(obligation.c.key)).all()) == bool(self.wishes)


OneObligation.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestOneObligation = OneObligation.TestCase


def test_what_was_put_off_after_it_had_failed_is_hastened_too(book: Book) -> None:
    book.owe(NOON)
    book.retry(book.claim(), NOON)
    book.postpone(book.claim(), NOON + 60 * MINUTE)
    assert book.row()[3] == 0
    book.owe(NOON)
    assert book.row()[2] == NOON
