"""Our own memory: one schema and one code path for SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError

from agent.errors import ClockBehind, StoreFailed

metadata = MetaData()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAY_STAND_STILL = timedelta(minutes=5)  # a clock that was set back by more is refused

FAULTS: Mapping[int, str] = {
    sqlite3.SQLITE_BUSY: "database is locked",
    sqlite3.SQLITE_LOCKED: "database is locked",
    sqlite3.SQLITE_FULL: "disk is full",
    sqlite3.SQLITE_IOERR: "disk I/O error",
    sqlite3.SQLITE_CORRUPT: "database disk image is malformed",
    sqlite3.SQLITE_NOTADB: "file is not a database",
    sqlite3.SQLITE_CANTOPEN: "unable to open database file",
    sqlite3.SQLITE_READONLY: "attempt to write a readonly database",
    sqlite3.SQLITE_PERM: "access permission denied",
    sqlite3.SQLITE_NOMEM: "out of memory",
}


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds."""

    impl = BigInteger().with_variant(Integer, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A calendar day, kept as 2026-11-22."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> date | None:
        return None if value is None else date.fromisoformat(value)


high_water = Table(
    "clock",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("latest", Moment, nullable=False),
    sqlite_strict=True,
)


@dataclass(slots=True)
class Transaction:
    """One write: its connection, its one time, and what follows its commit."""

    sql: Connection
    now: datetime
    woken: list[str] = field(default_factory=list)

    def insert(self, table: Any) -> Any:
        """An insert that knows ON CONFLICT, in the words of the database in use."""
        return {"sqlite": sqlite, "postgresql": postgresql}[self.sql.dialect.name].insert(table)


def nobody(keys: Iterable[str]) -> None:
    """For a process in which nobody waits for work: the agent's own tick finds it."""


@dataclass(frozen=True, slots=True)
class Store:
    """All that we remember. `clock` gives aware UTC; `wake` is told what a commit made due."""

    engine: Engine
    reader: Engine  # read only; never blocks a writer
    clock: Callable[[], datetime]
    wake: Callable[[Iterable[str]], None] = nobody

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """All or nothing. Never open while the outside is called.

        Raises StoreFailed where the database itself fails: locked too long, full, damaged;
        ClockBehind where the clock was set back by more than MAY_STAND_STILL.
        """
        with _plainly(), self.engine.begin() as sql:
            tx = Transaction(sql, _advance(sql, self.clock()))
            yield tx
        if tx.woken:
            self.wake(tx.woken)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent picture, without waiting for a writer. Writing in it fails."""
        with _plainly(), self.reader.begin() as sql:
            yield Transaction(sql, latest(sql, self.clock()))

    @contextmanager
    def watch(self) -> Iterator[Callable[[], int | None]]:
        """What changes with each commit of anybody; None while the database cannot say."""
        with self.reader.connect() as sql:

            def version() -> int | None:
                try:
                    found: int | None = sql.exec_driver_sql("PRAGMA data_version").scalar()
                    sql.rollback()
                except DatabaseError:
                    return None
                return found

            yield version

    def close(self) -> None:
        self.engine.dispose()
        self.reader.dispose()


@contextmanager
def _plainly() -> Iterator[None]:
    """The database's own faults, without the statement and its values."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise  # a fault of ours, not of the database
    except DatabaseError as err:
        raise StoreFailed(f"the database failed: {fault(err)}") from err


def fault(err: DatabaseError) -> str:
    """The kind of fault in words of ours: the database's own may quote what was written."""
    code = getattr(err.orig, "sqlite_errorcode", None)
    if code is None:
        return type(err.orig).__name__
    name = str(getattr(err.orig, "sqlite_errorname", code))
    words = FAULTS.get(code & 0xFF)  # the rest of an extended code tells only where
    return f"{words} ({name})" if words else name


def latest(sql: Connection, told: datetime) -> datetime:
    """The clock's time, kept from running backwards across processes and restarts.

    Raises ClockBehind rather than let time stand still for longer than MAY_STAND_STILL.
    """
    kept: datetime | None = sql.scalar(select(high_water.c.latest))
    if kept is None or kept < told:
        return told
    if kept - told > MAY_STAND_STILL:
        raise ClockBehind(
            f"the machine's clock says {told:%Y-%m-%d %H:%M} UTC, the database has seen"
            f" {kept:%Y-%m-%d %H:%M} UTC"
        )
    return kept


def _advance(sql: Connection, told: datetime) -> datetime:
    now = latest(sql, told)
    if sql.execute(update(high_water).values(latest=now)).rowcount == 0:
        sql.execute(high_water.insert().values(id=1, latest=now))
    return now
