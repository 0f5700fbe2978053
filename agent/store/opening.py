"""Opening the database: made when it is new, refused with the cure when it does not fit."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from agent.errors import Misconfigured
from agent.store import postgres
from agent.store.engine import Store, check_clock, nobody
from agent.store.faults import fault
from agent.store.integrity import BRIEFLY, damage
from agent.store.schema import NEW, downgrade, fits, named, revision, upgrade

__all__ = ["database_file", "downgrade", "open_store", "upgrade", "upgrade_database"]

PATIENCE_MS = 30_000  # how long a writer waits for another writer
PATIENCE = f"busy_timeout={PATIENCE_MS}"
PRAGMAS = (PATIENCE, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def machine_time() -> datetime:
    """Of the machine that this runs on; aware UTC."""
    return datetime.now(UTC)


def open_store(
    url: str,
    clock: Callable[[], datetime] | None = None,
    wake: Callable[[Iterable[str]], None] = nobody,
    *,
    password: str | None = None,
    check_for: timedelta = BRIEFLY,
) -> Store:
    """The store at this URL. A new SQLite file is made; what is empty is given the schema.

    Without a `clock` the time is the machine's in SQLite, and the database's in PostgreSQL,
    which several machines share. A file is read for damage for so long at most as `check_for`
    says. Raises Misconfigured where the database cannot be used as it is, ClockBehind where the
    clock is far behind what it has seen.
    """
    parsed = _parsed(url)
    if is_embedded(url):
        return _open_file(database_file(url), clock or machine_time, wake, check_for)
    writer, reader = postgres.engines(parsed, password)
    store = Store(writer, reader, clock or machine_time, wake, database_time=clock is None)
    with ExitStack() as if_it_fails:
        if_it_fails.callback(store.close)
        try:
            postgres.prepare(writer, lambda sql: check_clock(sql, store))
        except DatabaseError as err:
            raise postgres.unusable("opened", err) from err
        if_it_fails.pop_all()
    return store


def is_embedded(url: str) -> bool:
    """Whether one agent alone uses it, from its own disk."""
    return _parsed(url).drivername != "postgresql"


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as err:
        raise Misconfigured("the database URL is none", _URL) from err


def _open_file(
    path: Path,
    clock: Callable[[], datetime],
    wake: Callable[[Iterable[str]], None],
    check_for: timedelta,
) -> Store:
    store = Store(_sqlite(path, "BEGIN IMMEDIATE"), _sqlite(path, "BEGIN"), clock, wake)
    event.listen(store.reader, "connect", _read_only)
    with ExitStack() as if_it_fails:
        if_it_fails.callback(store.close)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _look(path, check_for)
            _keep_private(path)
            with store.engine.begin() as sql:
                if fits(sql) == NEW:
                    upgrade(sql)
                check_clock(sql, store)
        except (DatabaseError, OSError) as err:
            raise Misconfigured(
                f"the database {path} cannot be opened: {_plain(err)}", _LOOK
            ) from err
        if_it_fails.pop_all()
    return store


def database_file(url: str) -> Path:
    """The file of this URL, whose path may be percent-encoded.

    Raises Misconfigured, without the URL: it may hold a password.
    """
    quoted = url.partition(":///")[2]
    name = os.fsdecode(unquote_to_bytes(quoted))  # by us: not every SQLAlchemy unquotes it
    if _parsed(url).get_backend_name() != "sqlite" or name in ("", ":memory:") or "?" in quoted:
        raise Misconfigured("the database URL is not one that this version knows", _URL)
    return Path(name)


_URL = (
    "Set CALLSTEWARD_DATABASE_URL to sqlite:////path/to/callsteward.db or"
    " postgresql://USER@HOST/NAME, or unset it."
)
_LOOK = "Check the file, its folder and the disk; restore a backup if it is damaged."


def _plain(err: Exception) -> str:
    return fault(err) if isinstance(err, DatabaseError) else str(err).splitlines()[0]


def _keep_private(path: Path) -> None:
    """Make a new file for its owner alone, whatever the umask; -wal and -shm follow it."""
    with suppress(OSError):  # it is there, or it cannot be: then SQLite says so
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(file, 0o600)
        finally:
            os.close(file)


def _sqlite(path: Path, begin: str, pragmas: Sequence[str] = PRAGMAS) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # what was to be written may be personal, and errors are logged
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _read_only(connection: Any, record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def upgrade_database(url: str, *, password: str | None = None) -> str:
    """Bring an existing database to this version's schema; returns the schema's name."""
    if is_embedded(url):
        return _upgrade_file(database_file(url))
    writer, reader = postgres.engines(_parsed(url), password)
    reader.dispose()
    try:
        postgres.migrate(writer)
        with writer.begin() as sql:
            return named(sql)
    except DatabaseError as err:
        raise postgres.unusable("upgraded", err) from err
    finally:
        writer.dispose()


def _upgrade_file(path: Path) -> str:
    _keep_private(path)
    engine = _sqlite(path, "BEGIN IMMEDIATE", (PATIENCE,))
    try:
        with engine.begin() as sql:
            revision(sql)
            upgrade(sql)
            return named(sql)
    except DatabaseError as err:
        raise Misconfigured(f"the database cannot be upgraded: {_plain(err)}", _LOOK) from err
    finally:
        engine.dispose()


def _look(path: Path, check_for: timedelta) -> None:
    """Refuse what does not fit or is damaged before it is touched: even WAL is a change."""
    if not path.exists():
        return
    engine = _sqlite(path, "BEGIN", (PATIENCE,))
    try:
        with engine.begin() as sql:
            fits(sql)
            file = sql.connection.driver_connection
            if file is not None and damage(file, "quick_check", check_for):
                raise Misconfigured(f"the database {path} is damaged", _LOOK)
    finally:
        engine.dispose()
