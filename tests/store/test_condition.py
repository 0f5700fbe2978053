"""A database is looked at without a change: no row, no file beside it, whoever has it open."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from agent.errors import ClockBehind, Misconfigured, StoreBusy, StoreFailed
from agent.services.doctor import audit_rows
from agent.store.audit import Audit
from agent.store.condition import condition_of, only_read, steadily
from tests.support.stores import NOON, a_store


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'callsteward.db'}"


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with a database that nobody has open; spaces, marks and all."""
    folder = tmp_path / "an agent's 100% data #1"
    folder.mkdir()
    store = a_store(folder)
    with store.begin() as tx:
        Audit(tx).add("TESTED", "TEST", "test")
    store.close()
    return folder


def test_a_database_at_rest_is_well_and_stays_as_it_is(made: Path) -> None:
    before = _bytes(made)
    found = condition_of(_url(made))
    assert found.schema == found.wanted != ""
    assert (found.integrity, found.journal, found.wal_bytes) == (0, "wal", 0)
    assert found.open_to_others == ()
    assert 0 < found.free < found.total
    with only_read(_url(made), lambda: NOON) as store:
        assert audit_rows(store) == 1
    assert _bytes(made) == before


def test_what_a_process_has_only_just_written_is_seen(made: Path) -> None:
    writer = a_store(made)
    with writer.begin() as tx:
        Audit(tx).add("TESTED", "TEST", "test")
    assert condition_of(_url(made)).wal_bytes > 0
    with only_read(_url(made), lambda: NOON) as store:
        assert audit_rows(store) == 2
    writer.close()


def test_it_cannot_write(made: Path) -> None:
    for opened in (False, True):
        writer = a_store(made) if opened else None
        with (
            only_read(_url(made), lambda: NOON) as store,
            pytest.raises(StoreFailed),
            store.begin() as tx,
        ):
            Audit(tx).add("TESTED", "TEST", "test")
        if writer is not None:
            writer.close()


def test_where_there_is_none_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no database yet"):
        condition_of(_url(tmp_path))
    with (
        pytest.raises(Misconfigured, match="there is no database yet"),
        only_read(_url(tmp_path), lambda: NOON),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_an_end_of_the_audit_that_is_gone_is_seen(made: Path) -> None:
    with closing(sqlite3.connect(made / "callsteward.db")) as sql:
        sql.execute("DELETE FROM audit WHERE seq = 1")
        sql.commit()
    with only_read(_url(made), lambda: NOON) as store:
        assert audit_rows(store) is None


def test_a_schema_that_does_not_fit_is_told_and_not_read(made: Path) -> None:
    with closing(sqlite3.connect(made / "callsteward.db")) as sql:
        sql.execute("UPDATE alembic_version SET version_num = '0001'")
        sql.commit()
    found = condition_of(_url(made))
    assert found.schema == "0001" != found.wanted
    with (
        pytest.raises(Misconfigured, match="another schema"),
        only_read(_url(made), lambda: NOON),
    ):
        pass
    for statement in ("DELETE FROM alembic_version", "DROP TABLE alembic_version"):
        with closing(sqlite3.connect(made / "callsteward.db")) as sql:
            sql.execute(statement)
            sql.commit()
        assert condition_of(_url(made)).schema == ""


def test_a_file_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "callsteward.db").write_text("minutes of a meeting\n" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        condition_of(_url(tmp_path))
    with (
        pytest.raises(StoreFailed, match="cannot be read"),
        only_read(_url(tmp_path), lambda: NOON),
    ):
        pass


def test_damage_is_counted(made: Path) -> None:
    with closing(sqlite3.connect(made / "callsteward.db")) as sql:
        sql.execute("CREATE TABLE many (x TEXT)")
        sql.execute("CREATE INDEX many_x ON many (x)")
        sql.executemany("INSERT INTO many VALUES (?)", [(str(n),) for n in range(50)])
        sql.commit()
        sql.execute("PRAGMA writable_schema=ON")
        sql.execute("UPDATE sqlite_schema SET sql = 'CREATE INDEX many_x ON many (x DESC)'"
                    " WHERE name = 'many_x'")  # fmt: skip
        sql.commit()
    faults = condition_of(_url(made)).integrity
    assert faults is not None
    assert faults > 0


def test_a_file_that_takes_too_long_is_not_called_whole(made: Path) -> None:
    with closing(sqlite3.connect(made / "callsteward.db")) as sql:
        sql.execute("CREATE TABLE many (x TEXT)")
        sql.executemany("INSERT INTO many VALUES (?)", [(str(n),) for n in range(20_000)])
        sql.commit()
    assert condition_of(_url(made), timedelta(0)).integrity is None
    assert condition_of(_url(made)).integrity == 0


def test_another_journal_and_open_files_are_seen(made: Path) -> None:
    with closing(sqlite3.connect(made / "callsteward.db")) as sql:
        sql.execute("PRAGMA journal_mode=DELETE")
    (made / "callsteward.db").chmod(0o644)
    found = condition_of(_url(made))
    assert found.journal == "delete"
    assert found.open_to_others == ("callsteward.db",)


def test_a_clock_that_is_behind_is_refused_here_too(made: Path) -> None:
    with only_read(_url(made), lambda: NOON - timedelta(days=1)) as store:
        with pytest.raises(ClockBehind), store.read():
            pass
        assert not issubclass(ClockBehind, DatabaseError)


def test_a_file_that_is_written_to_meanwhile_is_looked_at_anew(made: Path) -> None:
    """Nobody had it open, so it was read as one that cannot change; then it did."""
    for fails in (False, True):
        looks: list[int] = []

        def look(sql: sqlite3.Connection, fails: bool = fails, seen: list[int] = looks) -> int:
            (rows,) = sql.execute("SELECT count(*) FROM audit").fetchone()
            seen.append(rows)
            if len(seen) == 1:
                writer = a_store(made)
                with writer.begin() as tx:
                    Audit(tx).add("TESTED", "TEST", "test")
                writer.close()
                if fails:
                    raise sqlite3.DatabaseError("malformed")
            return int(rows)

        assert steadily(made / "callsteward.db", look) == looks[0] + 1
        assert len(looks) == 2


def test_a_fault_of_a_file_that_stays_as_it_is_goes_through(made: Path) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        steadily(made / "callsteward.db", lambda sql: sql.execute("SELECT nothing"))


def test_a_postgresql_is_read_and_cannot_be_written(postgres_url: str) -> None:
    writer = a_store(postgres_url)
    with writer.begin() as tx:
        Audit(tx).add("TESTED", "TEST", "test")
    writer.close()
    with only_read(postgres_url, lambda: NOON) as store:
        assert audit_rows(store) == 1
        for begin in (store.begin, store.beside):
            with pytest.raises(StoreFailed, match="read-only"), begin() as tx:
                Audit(tx).add("TESTED", "TEST", "test")
        with store.read() as tx:
            assert tx.now == NOON
            patience = tx.sql.exec_driver_sql("show statement_timeout").scalar()
        assert patience == "20s"


def test_a_postgresql_that_takes_too_long_is_left(postgres_url: str) -> None:
    with (
        only_read(postgres_url) as store,
        pytest.raises(StoreBusy, match="took too long"),
        store.read() as tx,
    ):
        tx.sql.exec_driver_sql("set local statement_timeout = 1")
        tx.sql.exec_driver_sql("select pg_sleep(30)")
