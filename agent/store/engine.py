"""Our own memory: one schema and one code path for SQLite and PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite

from agent.domain.audit import Entry
from agent.errors import ClockBehind
from agent.store.faults import plainly
from agent.store.watching import CHANNEL, Version, data_version, notifications

metadata = MetaData()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAY_STAND_STILL = timedelta(minutes=5)  # a clock that was set back by more is refused
Counter = BigInteger().with_variant(Integer, "sqlite")
"""What may be counted for ever; SQLite's integers are as wide as this by themselves."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds."""

    impl = Counter
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
w = high_water.c
DATABASE_CLOCK: ColumnElement[datetime] = type_coerce(
    cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger), Moment
)
"""PostgreSQL's own clock at the moment in which it is asked, not that of the transaction."""


@dataclass(slots=True)
class Transaction:
    """One write: its connection, its one time, and what follows its commit."""

    sql: Connection
    now: datetime
    woken: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)  # of the audit, not yet in the chain
    at_end: list[Callable[[], None]] = field(default_factory=list)  # written last of all

    def insert(self, table: Any) -> Any:
        """An insert that knows ON CONFLICT, in the words of the database in use."""
        return _insert(self.sql, table)

    def end(self) -> None:
        """Write what is written last, and tell who listens what the commit makes due."""
        for write in self.at_end:
            write()
        if self.woken and self.sql.dialect.name == "postgresql":
            self.sql.execute(select(func.pg_notify(CHANNEL, "")))


def nobody(keys: Iterable[str]) -> None:
    """For a process in which nobody waits for work: the agent's own tick finds it."""


@dataclass(frozen=True, slots=True)
class Store:
    """All that we remember. `clock` gives aware UTC; `wake` is told what a commit made due.

    `database_time`: the time of a transaction is the database's own, and `clock` only measures
    how long something takes here.
    """

    engine: Engine
    reader: Engine  # read only; never blocks a writer
    clock: Callable[[], datetime]
    wake: Callable[[Iterable[str]], None] = nobody
    database_time: bool = False

    def begin(self) -> AbstractContextManager[Transaction]:
        """All or nothing, alone: no other `begin` of any process is open at the same time.

        Never open while the outside is called. Raises StoreFailed where the database itself
        fails (StoreBusy: for now), and ClockBehind where the clock was set back by more than
        MAY_STAND_STILL.
        """
        return self._write(_advance)

    def beside(self) -> AbstractContextManager[Transaction]:
        """A write beside any other: one statement that compares and sets, or rows locked here.

        What it read before is not protected. SQLite has one writer at a time anyhow.
        """
        return self.begin() if self._embedded else self._write(_latest)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent picture, without waiting for a writer. Writing in it fails."""
        with plainly(), self.reader.begin() as sql:
            tx = Transaction(sql, _latest(sql, self._told()))
            yield tx
            tx.end()

    def watch(self) -> AbstractContextManager[Version]:
        """What changes with each commit that made something due; None while nobody can say."""
        return data_version(self.reader) if self._embedded else notifications(self.engine)

    def close(self) -> None:
        self.engine.dispose()
        self.reader.dispose()

    @contextmanager
    def _write(self, time_of: "_TimeOf") -> Iterator[Transaction]:
        with plainly(), self.engine.begin() as sql:
            tx = Transaction(sql, time_of(sql, self._told()))
            yield tx
            tx.end()
        if tx.woken:
            self.wake(tx.woken)

    @property
    def _embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def _told(self) -> ColumnElement[datetime]:
        return DATABASE_CLOCK if self.database_time else literal(self.clock(), Moment)


def _insert(sql: Connection, table: Any) -> Any:
    return {"sqlite": sqlite, "postgresql": postgresql}[sql.dialect.name].insert(table)


def check_clock(sql: Connection, store: Store) -> None:
    """Raises ClockBehind; writes nothing."""
    _latest(sql, store._told())


_TimeOf: TypeAlias = Callable[[Connection, ColumnElement[datetime]], datetime]


def _latest(sql: Connection, told: ColumnElement[datetime]) -> datetime:
    """The clock's time, kept from running backwards across processes and restarts.

    Raises ClockBehind rather than let time stand still for longer than MAY_STAND_STILL.
    """
    kept = select(w.latest).scalar_subquery()
    row = sql.execute(select(kept.label("kept"), told.label("told"))).one()
    return _checked(max(row.kept or row.told, row.told), row.told, _whose(told))


def _advance(sql: Connection, told: ColumnElement[datetime]) -> datetime:
    """The same, kept for the next one. In PostgreSQL this row's lock is the writer's lock."""
    later = case((w.latest < told, told), else_=w.latest)
    new = _insert(sql, high_water).values(id=1, latest=told)
    kept = new.on_conflict_do_update(index_elements=["id"], set_={"latest": later})
    row = sql.execute(kept.returning(w.latest.label("kept"), told.label("told"))).one()
    return _checked(row.kept, row.told, _whose(told))


def _whose(told: ColumnElement[datetime]) -> tuple[str, str | None]:
    if told is DATABASE_CLOCK:
        server = "Correct the clock of the server that PostgreSQL runs on, or restore a backup."
        return "PostgreSQL's clock", server
    return "the machine's clock", None


def _checked(now: datetime, told: datetime, whose: tuple[str, str | None]) -> datetime:
    if now - told > MAY_STAND_STILL:
        raise ClockBehind(
            f"{whose[0]} says {told:%Y-%m-%d %H:%M} UTC, the database has seen"
            f" {now:%Y-%m-%d %H:%M} UTC",
            whose[1],
        )
    return now
