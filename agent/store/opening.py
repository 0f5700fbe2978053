"""Opening the database: made when it is new, refused with the cure when it does not fit."""

from collections.abc import Callable, Iterable
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
from agent.store.engine import Store, nobody

PATIENCE_MS = 30_000  # how long a writer waits for another writer


def open_store(
    url: str,
    clock: Callable[[], datetime],
    wake: Callable[[Iterable[str]], None] = nobody,
) -> Store:
    """The store at this URL. A new SQLite file is made and given the schema.

    Raises Misconfigured where the database cannot be used as it is.
    """
    path = _path(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine, reader = _sqlite(path, "BEGIN IMMEDIATE"), _sqlite(path, "BEGIN")
        event.listen(reader, "connect", _read_only)
        with engine.begin() as sql:
            _fit(sql)
    except (DatabaseError, OSError) as err:
        raise Misconfigured(
            f"the database {path} cannot be opened: {_plain(err)}", _LOOK
        ) from err
    return Store(engine, reader, clock, wake)


def _path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError as err:
        raise Misconfigured("the database URL is none", _URL) from err
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Misconfigured("the database URL is not one that this version knows", _URL)
    return Path(parsed.database)


_URL = "Set CALLSTEWARD_DATABASE_URL to sqlite:////path/to/callsteward.db, or unset it."
_LOOK = "Check the file, its folder and the disk; restore a backup if it is damaged."


def _plain(err: Exception) -> str:
    return str(getattr(err, "orig", err)).splitlines()[0]


def _sqlite(path: Path, begin: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            f"busy_timeout={PATIENCE_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _read_only(connection: Any, record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def upgrade_database(url: str) -> str:
    """Bring an existing database to this version's schema; returns the schema's name."""
    engine = _sqlite(_path(url), "BEGIN IMMEDIATE")
    try:
        with engine.begin() as sql:
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


def _fit(sql: Connection) -> None:
    """Give an empty database the schema; refuse one of another version."""
    scripts = ScriptDirectory.from_config(_config())
    found = MigrationContext.configure(sql).get_current_revision()
    wanted = scripts.get_current_head()
    if found == wanted:
        return
    if found is None and not inspect(sql).get_table_names():
        upgrade(sql)
        return
    if found in {script.revision for script in scripts.walk_revisions()}:
        raise Misconfigured(
            f"the database has schema {found}, this version needs {wanted}",
            "Take a backup, then run: callsteward database upgrade",
        )
    raise Misconfigured(
        f"the database has a schema that this version does not know ({found or 'no version'})",
        "Install the version of callsteward that wrote it, or restore a backup.",
    )
