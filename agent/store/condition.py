"""Looking at a database without changing it: not a row, not a file beside it.

A database that a process has open has its -wal and -shm beside it, and is read like any other.
One that nobody has open is read as immutable, since SQLite would leave both files behind.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from agent.domain.condition import Condition
from agent.errors import Misconfigured, StoreFailed
from agent.store.engine import Store
from agent.store.integrity import THOROUGHLY, damage
from agent.store.opening import PATIENCE, database_file, is_embedded, machine_time
from agent.store.schema import known, wanted
from agent.store.server import reading

T = TypeVar("T")
WAL_FORM = 2  # the 19th byte of a file in WAL mode
NO_DATABASE = Misconfigured(
    "there is no database yet",
    "Import the staff list first, which makes it: callsteward staff import FILE --by ID",
)


def condition_of(url: str, check_for: timedelta = THOROUGHLY) -> Condition:
    """How the database at this URL stands.

    Raises Misconfigured where there is none, or the URL is none of ours; sqlite3.Error.
    """
    path = _there(url)
    free = shutil.disk_usage(path.parent)
    files = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    schema, faults = steadily(
        path, lambda sql: (_schema(sql), damage(sql, "integrity_check", check_for))
    )
    with path.open("rb") as file:
        head = file.read(20)
    return Condition(
        schema=schema,
        wanted=wanted(),
        known=known(),
        integrity=faults,
        journal="wal" if head[18:20] == bytes([WAL_FORM] * 2) else "delete",
        wal_bytes=sum(file.stat().st_size for file in files[1:2] if file.exists()),
        may_write=os.access(path, os.W_OK) and os.access(path.parent, os.W_OK),
        open_to_others=tuple(
            file.name for file in files if file.exists() and file.stat().st_mode & 0o077
        ),
        free=free.free,
        total=free.total,
    )


@contextmanager
def only_read(
    url: str, clock: Callable[[], datetime] | None = None, *, password: str | None = None
) -> Iterator[Store]:
    """A store that cannot write, and makes nothing; its time is as that of `open_store`.

    Raises Misconfigured where there is no database of this version's schema, StoreFailed.
    """
    own = clock or machine_time
    made = (
        _file(url, own)
        if is_embedded(url)
        else reading(url, password, own, database_time=clock is None)
    )
    with made as (store, schema):
        if schema != wanted():
            raise Misconfigured("the database has another schema", "See `callsteward doctor`.")
        yield store


@contextmanager
def _file(url: str, clock: Callable[[], datetime]) -> Iterator[tuple[Store, str]]:
    try:
        path = _there(url)
        with closing(_connection(path)) as sql:
            found = _schema(sql)
    except (sqlite3.Error, OSError) as err:
        raise StoreFailed(f"the database cannot be read: {type(err).__name__}") from err
    engine = _engine(path)
    try:
        yield Store(engine, engine, clock), found
    finally:
        engine.dispose()


def _there(url: str) -> Path:
    path = database_file(url)
    if not path.exists():
        raise NO_DATABASE
    return path


def _engine(path: Path) -> Engine:
    engine = create_engine(
        "sqlite://", creator=lambda: _connection(path), poolclass=NullPool, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _connection(path: Path) -> sqlite3.Connection:
    how = "mode=ro" if _is_open(path) else "mode=ro&immutable=1"
    uri = f"{path.absolute().as_uri()}?{how}"
    made = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
    made.execute(f"PRAGMA {PATIENCE}")
    return made


def _is_open(path: Path) -> bool:
    return path.with_name(f"{path.name}-wal").exists()


def steadily(path: Path, look: Callable[[sqlite3.Connection], T]) -> T:
    """A file that somebody opened and wrote to meanwhile is looked at anew, as an open one."""
    before = path.stat().st_mtime_ns, _is_open(path)
    with closing(_connection(path)) as sql:
        try:
            found = look(sql)
        except sqlite3.DatabaseError:
            if (path.stat().st_mtime_ns, _is_open(path)) == before:
                raise
        else:
            if before[1] or (path.stat().st_mtime_ns, _is_open(path)) == before:
                return found
    with closing(_connection(path)) as sql:
        return look(sql)


def _schema(sql: sqlite3.Connection) -> str:
    """The name of its schema; empty where there is none."""
    named = "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"
    if sql.execute(named).fetchone() is None:
        return ""
    row = sql.execute("SELECT version_num FROM alembic_version").fetchone()
    return "" if row is None else str(row[0])
