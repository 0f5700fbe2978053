"""Opening the database: made when it is new, refused with the cure when it does not fit."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from agent.errors import Misconfigured
from agent.store.engine import Store, fault, latest, nobody

PATIENCE_MS = 30_000  # how long a writer waits for another writer
PATIENCE = f"busy_timeout={PATIENCE_MS}"
PRAGMAS = (PATIENCE, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
NEW = ""


def open_store(
    url: str,
    clock: Callable[[], datetime],
    wake: Callable[[Iterable[str]], None] = nobody,
) -> Store:
    """The store at this URL. A new SQLite file is made and given the schema.

    Raises Misconfigured where the database cannot be used as it is, ClockBehind where the
    clock is far behind what it has seen.
    """
    path = database_file(url)
    store = Store(_sqlite(path, "BEGIN IMMEDIATE"), _sqlite(path, "BEGIN"), clock, wake)
    event.listen(store.reader, "connect", _read_only)
    with ExitStack() as if_it_fails:
        if_it_fails.callback(store.close)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _look(path)
            _keep_private(path)
            with store.engine.begin() as sql:
                if _fits(sql) == NEW:
                    upgrade(sql)
                latest(sql, clock())
        except (DatabaseError, OSError) as err:
            raise Misconfigured(
                f"the database {path} cannot be opened: {_plain(err)}", _LOOK
            ) from err
        if_it_fails.pop_all()
    return store


def database_file(url: str) -> Path:
    """The file of this URL. Raises Misconfigured, without the URL: it may hold a password."""
    try:
        parsed = make_url(url)
    except ArgumentError as err:
        raise Misconfigured("the database URL is none", _URL) from err
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or name in ("", ":memory:") or parsed.query:
        raise Misconfigured("the database URL is not one that this version knows", _URL)
    return Path(name)


_URL = "Set CALLSTEWARD_DATABASE_URL to sqlite:////path/to/callsteward.db, or unset it."
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
        f"sqlite:///{path}",
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


def upgrade_database(url: str) -> str:
    """Bring an existing database to this version's schema; returns the schema's name."""
    path = database_file(url)
    _keep_private(path)
    engine = _sqlite(path, "BEGIN IMMEDIATE", (PATIENCE,))
    try:
        with engine.begin() as sql:
            _revision(sql)
            upgrade(sql)
            return MigrationContext.configure(sql).get_current_revision() or ""
    except (DatabaseError, CommandError) as err:
        raise Misconfigured(f"the database cannot be upgraded: {_plain(err)}", _LOOK) from err
    finally:
        engine.dispose()


def _config(sql: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = sql
    return config


def upgrade(sql: Connection, to: str = "head") -> None:
    """Bring the schema up to a revision, in the caller's transaction."""
    command.upgrade(_config(sql), to)


def downgrade(sql: Connection, to: str = "base") -> None:
    """Take the schema down to a revision, in the caller's transaction."""
    command.downgrade(_config(sql), to)


def _look(path: Path) -> None:
    """Refuse what does not fit before the file is touched: even WAL is a change of it."""
    if not path.exists():
        return
    engine = _sqlite(path, "BEGIN", (PATIENCE,))
    try:
        with engine.begin() as sql:
            _fits(sql)
    finally:
        engine.dispose()


def _fits(sql: Connection) -> str:
    """Its revision, which is this version's or NEW. Raises Misconfigured for another one."""
    found, wanted = _revision(sql), ScriptDirectory.from_config(_config()).get_current_head()
    if found not in (NEW, wanted):
        raise Misconfigured(
            f"the database has schema {found}, this version needs {wanted}",
            "Take a backup, then run: callsteward database upgrade",
        )
    return found


def _revision(sql: Connection) -> str:
    """Its revision, or NEW if it is empty. Raises Misconfigured where we do not know it."""
    found = MigrationContext.configure(sql).get_current_revision()
    if found is None and set(inspect(sql).get_table_names()) <= {"alembic_version"}:
        return NEW
    scripts = ScriptDirectory.from_config(_config())
    if found is None or found not in {script.revision for script in scripts.walk_revisions()}:
        raise Misconfigured(
            "the database has a schema that this version does not know"
            f" ({found or 'no version'})",
            "Install the version of callsteward that wrote it, or restore a backup.",
        )
    return found
