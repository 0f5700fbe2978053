"""One transaction, one time: never backwards, and never two writers at once."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from traceback import format_exception

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError, IntegrityError

from agent.domain.people import Inbox
from agent.errors import ClockBehind, StoreFailed
from agent.store.audit import Audit
from agent.store.engine import MAY_STAND_STILL, Day, Moment
from agent.store.faults import fault, read_fault
from agent.store.opening import open_store
from agent.store.people import inbox
from tests.support.estates import Clock
from tests.support.stores import a_store

DIALECT = sqlite.dialect()
YEAR = timedelta(days=365)


def test_the_clock_never_runs_backwards_in_transactions_and_reopenings(url: str) -> None:
    clock = Clock()
    store, seen = a_store(url, clock), []
    for step in (0, 5, -240, 2, -1, 3600):
        clock.now += timedelta(seconds=step)
        with store.begin() as tx:
            seen.append(tx.now)
        with store.read() as tx:
            assert tx.now == seen[-1]
    assert seen == sorted(seen)
    store.close()
    clock.now -= MAY_STAND_STILL
    again = a_store(url, clock)
    with again.read() as tx:
        assert tx.now == seen[-1]
    with again.begin() as tx:
        assert tx.now == seen[-1]
    again.close()


@pytest.mark.parametrize("behind", [MAY_STAND_STILL + timedelta(microseconds=1), YEAR])
def test_a_clock_that_is_far_behind_is_refused_rather_than_time_standing_still(
    url: str, behind: timedelta
) -> None:
    clock = Clock()
    store, seen = a_store(url, clock), clock.now
    with store.begin() as tx:
        tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
    clock.now -= behind
    with pytest.raises(ClockBehind, match=f"has seen {seen:%Y-%m-%d %H:%M} UTC"), store.read():
        pytest.fail("a read went on")
    with pytest.raises(ClockBehind), store.begin():
        pytest.fail("a write went on")
    with pytest.raises(ClockBehind) as refused:
        a_store(url, clock)
    assert "correct the machine's clock" in refused.value.hint
    clock.now = seen
    with store.begin() as tx:
        assert tx.now == seen
        assert tx.sql.exec_driver_sql("select count(*) from region").scalar() == 1
    store.close()


def test_a_transaction_that_fails_keeps_nothing_and_wakes_nobody(url: str) -> None:
    woken: list[str] = []
    store = open_store(url, Clock(), woken.extend)
    with pytest.raises(ZeroDivisionError), store.begin() as tx:
        tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
        tx.woken.append("mail/1")
        raise ZeroDivisionError
    with store.read() as tx:
        assert tx.sql.exec_driver_sql("select count(*) from region").scalar() == 0
    assert woken == []
    with store.begin() as tx:
        tx.woken.append("mail/2")
        assert woken == []  # not before the commit
    assert woken == ["mail/2"]
    store.close()


def test_writers_wait_for_each_other_and_lose_nothing(url: str) -> None:
    stores = [a_store(url) for _ in range(4)]  # as four processes have them

    def write(store_number: int) -> None:
        for _ in range(25):
            with stores[store_number].begin() as tx:
                sql = tx.sql.exec_driver_sql
                count = sql("select count(*) from region").scalar()
                sql(f"insert into region values ('{count}', 'R')")  # fails if not alone

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with stores[0].read() as tx:
        assert tx.sql.exec_driver_sql("select count(*) from region").scalar() == 100
    for store in stores:
        store.close()


def test_a_reader_sees_one_picture_and_keeps_no_writer_waiting(url: str) -> None:
    store = a_store(url)
    count = "select count(*) from region"
    with store.read() as reading:
        assert reading.sql.exec_driver_sql(count).scalar() == 0
        with store.begin() as tx:
            tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
        assert reading.sql.exec_driver_sql(count).scalar() == 0
    with store.read() as reading:
        assert reading.sql.exec_driver_sql(count).scalar() == 1
    store.close()


def test_the_reader_cannot_write(url: str) -> None:
    store = a_store(url)
    with pytest.raises(StoreFailed, match=r"read-?only"), store.read() as tx:
        tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
    with pytest.raises(StoreFailed, match=r"read-?only"), store.read() as tx:
        Audit(tx).add("STAFF_ADDED", "STAFF", "S-1")
    store.close()


@pytest.mark.parametrize("twice", [False, True])
def test_an_error_of_the_database_does_not_say_what_was_written(url: str, twice: bool) -> None:
    """It may be personal, and errors are logged. PostgreSQL adds the row to its words."""
    store = a_store(url)
    box = Inbox("nowhere", "MDI", "security", "asha.abara@justice.example")
    if twice:
        box = replace(box, scope="establishment", code="asha.abara")
    values = {"scope": box.scope, "code": box.code, "role": box.role, "address": box.address}
    with (
        pytest.raises(IntegrityError, match=r"(?i)check|unique") as refused,
        store.begin() as tx,
    ):
        for _ in range(1 + twice):
            tx.sql.execute(inbox.insert().values(**values))
    assert "asha" not in str(refused.value)
    assert "justice.example" not in "".join(format_exception(refused.value))
    store.close()


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_as_it_went_in(moment: datetime) -> None:
    kept = Moment().process_bind_param(moment, DIALECT)
    assert Moment().process_result_value(kept, DIALECT) == moment


def test_no_time_and_no_day_stay_none() -> None:
    for kind in (Moment(), Day()):
        assert kind.process_bind_param(None, DIALECT) is None
        assert kind.process_result_value(None, DIALECT) is None


@given(st.dates())
def test_a_day_comes_back_as_it_went_in_and_sorts_as_text(day: date) -> None:
    kept = Day().process_bind_param(day, DIALECT)
    assert Day().process_result_value(kept, DIALECT) == day
    later = Day().process_bind_param(date.max, DIALECT)
    assert str(kept) <= str(later)


def test_a_fault_of_the_database_does_not_quote_what_was_kept(tmp_path: Path) -> None:
    """Python's own words for a text that is none hold all of it."""
    store = a_store(tmp_path)
    with store.begin() as tx:
        tx.sql.exec_driver_sql("insert into region values ('MDI', cast(x'61736861ff' as text))")
    with pytest.raises(StoreFailed) as failed, store.read() as tx:
        tx.sql.exec_driver_sql("select name from region").all()
    assert str(failed.value) == "the database failed: OperationalError"
    store.close()


def test_a_full_disk_is_told_as_one(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    fill = "insert into region values ('MDI', hex(randomblob(90000)))"
    with pytest.raises(StoreFailed) as failed, store.begin() as tx:
        pages = tx.sql.exec_driver_sql("pragma page_count").scalar()
        tx.sql.exec_driver_sql(f"pragma max_page_count = {pages}")
        tx.sql.exec_driver_sql(fill)
    assert str(failed.value) == "the database failed: disk is full (SQLITE_FULL)"
    store.close()


def test_a_locked_database_is_told_as_one(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with closing(sqlite3.connect(file)) as one, closing(sqlite3.connect(file, 0)) as other:
        one.execute("begin immediate")
        with pytest.raises(sqlite3.OperationalError) as locked:
            other.execute("begin immediate")
    told = fault(DatabaseError("begin", None, locked.value))
    assert told == "database is locked (SQLITE_BUSY)"


def test_no_room_for_the_file_beside_it_is_a_full_disk() -> None:
    """SQLite calls it an I/O error, whose cure would be another one."""
    full = sqlite3.OperationalError("disk I/O error")
    full.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    full.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    assert read_fault(full) == "disk is full (SQLITE_IOERR_SHMSIZE)"
    assert fault(DatabaseError("begin", None, full)) == read_fault(full)
    assert read_fault(PermissionError(13, "Permission denied")) == "Permission denied"


def test_a_fault_without_words_of_ours_is_told_by_its_name() -> None:
    sql = sqlite3.connect(":memory:")
    with closing(sql), pytest.raises(sqlite3.OperationalError) as odd:
        sql.execute("select 'asha' from nowhere")
    assert fault(DatabaseError("select", None, odd.value)) == "SQLITE_ERROR"
