"""What only PostgreSQL has: its own clock, its notifications, its ways to fail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import select, update

from agent.errors import ClockBehind, StoreBusy, StoreFailed
from agent.store.engine import DATABASE_CLOCK, EPOCH, MAY_STAND_STILL, Store, high_water
from agent.store.ledger import Ledger
from agent.store.opening import open_store
from agent.store.pace import StoredTimetable
from agent.store.watching import Version
from connectors.http import utc_now
from connectors.pacing import Limit
from tests.support.postgres import Server
from tests.support.stores import NOON, a_store

SECONDS = 10.0
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """Its time is the database's; the machine's clock stands at another age."""
    opened = replace(open_store(postgres_url), clock=lambda: EPOCH)
    yield opened
    opened.close()


def _seen(store: Store, ahead: timedelta) -> datetime:
    """As if a clock that was ahead by so much had told the database so."""
    with store.begin() as tx:
        told = tx.now + ahead
        tx.sql.execute(update(high_water).values(latest=told))
        return told


def test_the_time_is_the_databases_own_and_no_machines(store: Store) -> None:
    with store.begin() as tx:
        first = tx.now
        assert abs(tx.sql.execute(select(DATABASE_CLOCK)).scalar_one() - first) < MINUTE
    with store.beside() as tx:
        second = tx.now
    with store.read() as tx:
        third = tx.now
    assert EPOCH < first < second < third
    assert abs(utc_now() - first) < MINUTE  # here the same machine has both


def test_a_database_clock_that_was_set_back_stands_still_for_a_while(store: Store) -> None:
    told = _seen(store, MINUTE)
    for begin in (store.begin, store.beside, store.read):
        with begin() as tx:
            assert tx.now == told


def test_a_database_clock_that_was_set_back_far_is_refused(
    store: Store, postgres_url: str
) -> None:
    _seen(store, MAY_STAND_STILL + MINUTE)
    for begin in (store.begin, store.beside, store.read):
        with pytest.raises(ClockBehind, match="PostgreSQL's clock says"), begin():
            pytest.fail("it went on")
    with pytest.raises(ClockBehind) as refused:
        open_store(postgres_url)
    assert "the server that PostgreSQL runs on" in refused.value.hint


def test_a_clock_that_is_handed_in_is_the_time(postgres_url: str) -> None:
    store = a_store(postgres_url)
    with store.begin() as tx:
        assert tx.now == NOON
    store.close()


def _hears(version: Version, before: int | None) -> int:
    """The next number that is another one than before."""
    end = monotonic() + SECONDS
    while (now := version()) is None or now == before:
        assert monotonic() < end, "nothing was heard"
        Event().wait(0.01)
    return now


def test_what_becomes_due_is_heard_by_another_process_at_once(
    store: Store, postgres_url: str
) -> None:
    other = a_store(postgres_url)
    with other.watch() as version:
        before = _hears(version, None)
        with store.begin() as tx:
            Ledger(tx).owe("letter", "1", tx.now)
            assert version() == before  # not before the commit
        before = _hears(version, before)
        with store.begin() as tx:
            Ledger(tx).owe("letter", "2", tx.now + MINUTE)
        with store.begin():
            pass
        with pytest.raises(ZeroDivisionError), store.begin() as tx:
            Ledger(tx).owe("letter", "3", tx.now)
            raise ZeroDivisionError
        with store.begin() as tx:
            Ledger(tx).owe("letter", "4", tx.now)
        assert _hears(version, before) == before + 1  # once, for what is due now
    other.close()


def test_a_lost_connection_is_replaced_and_nothing_is_missed(
    store: Store, postgres: Server, postgres_url: str
) -> None:
    other = a_store(postgres_url)
    with other.watch() as version:
        before = _hears(version, None)
        _cut_off_all(postgres)
        with store.begin() as tx:  # the pool replaces what was lost, too
            Ledger(tx).owe("letter", "1", tx.now)
        before = _hears(version, before)  # of itself: it cannot know what it missed
        with store.begin() as tx:
            Ledger(tx).owe("letter", "2", tx.now)
        _hears(version, before)
    other.close()


def _cut_off_all(postgres: Server) -> None:
    postgres.execute(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid()"
    )


def test_a_connection_lost_within_a_transaction_keeps_nothing_of_it(
    store: Store, postgres: Server
) -> None:
    with pytest.raises(StoreFailed) as failed, store.begin() as tx:
        tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
        _cut_off_all(postgres)
        tx.sql.exec_driver_sql("insert into region values ('LEI', 'Yorkshire')")
    assert isinstance(failed.value, StoreBusy)
    assert "insert" not in str(failed.value)
    with store.read() as tx:
        assert tx.sql.exec_driver_sql("select count(*) from region").scalar() == 0


def test_each_connection_is_prepared(store: Store) -> None:
    """Nobody waits, or holds the writer's lock, for ever; a commit is on the disk."""
    wanted = {
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
        "synchronous_commit": "on",
        "client_encoding": "UTF8",
        "application_name": "callsteward",
    }
    for engine, isolation, read_only in (
        (store.engine, "read committed", "off"),
        (store.reader, "repeatable read", "on"),
    ):
        with engine.begin() as sql:
            show = {name: sql.exec_driver_sql(f"show {name}").scalar() for name in wanted}
            assert show == wanted
            assert sql.exec_driver_sql("show transaction_isolation").scalar() == isolation
            assert sql.exec_driver_sql("show transaction_read_only").scalar() == read_only


def test_two_machines_share_a_timetable_by_the_databases_clock(store: Store) -> None:
    """Their own clocks count from the start of each machine."""
    limits = {"light": Limit(10, timedelta(seconds=60))}
    one = StoredTimetable(store, "shared", limits, lambda: 5.0)
    other = StoredTimetable(store, "shared", limits, lambda: 9_000_000.0)
    assert one.book([({"light": 1}, 0.0)] * 6) == [0] * 6
    assert other.book([({"light": 1}, 0.0)] * 4) == [0] * 4
    [wait] = other.book([({"light": 1}, 0.0)])
    assert 50 < wait <= 60


def test_a_transaction_that_takes_long_is_told_in_the_databases_time(store: Store) -> None:
    times = iter((5.0, 5.5))
    slow = StoredTimetable(
        store, "slow", {"light": Limit(1, timedelta(seconds=1))}, lambda: next(times)
    )
    assert slow.book([({"light": 1}, 0.0)]) == [-0.5]


def test_a_text_that_postgresql_cannot_keep_is_told_without_the_text(store: Store) -> None:
    insert = "insert into region values (%s, 'asha\x00abara')"
    with pytest.raises(StoreFailed) as failed, store.begin() as tx:
        tx.sql.exec_driver_sql(insert, ("asha\x00abara",))
    assert "asha" not in str(failed.value)


def test_the_url_is_not_shown_with_its_password(postgres_url: str) -> None:
    store = open_store(postgres_url, password="hunter2")
    assert "hunter2" not in repr(store)
    store.close()
