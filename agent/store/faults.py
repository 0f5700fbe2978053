"""A database's own faults in words of ours: its own words may quote what was written."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection

from agent.domain.server import NAME_THE_PRIMARY, OWN_IT
from agent.errors import StoreBusy, StoreFailed


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and the cure where it is another than that of the error."""

    words: str
    cure: str | None = None
    busy: bool = False  # it may be over when the same is tried again


SQLITE: Mapping[int, Fault] = {
    sqlite3.SQLITE_BUSY: Fault("database is locked", busy=True),
    sqlite3.SQLITE_LOCKED: Fault("database is locked", busy=True),
    sqlite3.SQLITE_FULL: Fault("disk is full"),
    sqlite3.SQLITE_IOERR: Fault("disk I/O error"),
    sqlite3.SQLITE_IOERR_SHMSIZE: Fault("disk is full"),  # no room for the file beside it
    sqlite3.SQLITE_CORRUPT: Fault("database disk image is malformed"),
    sqlite3.SQLITE_NOTADB: Fault("file is not a database"),
    sqlite3.SQLITE_CANTOPEN: Fault("unable to open database file"),
    sqlite3.SQLITE_READONLY: Fault("attempt to write a readonly database"),
    sqlite3.SQLITE_PERM: Fault("access permission denied"),
    sqlite3.SQLITE_NOMEM: Fault("out of memory"),
}

AWAY = Fault(
    "PostgreSQL cannot be reached",
    "Start it, or correct CALLSTEWARD_DATABASE_URL: host, port, or the socket's folder.",
)
REFUSED = Fault(
    "PostgreSQL refuses the user or the password",
    "Correct the user in CALLSTEWARD_DATABASE_URL, CALLSTEWARD_DATABASE_PASSWORD_FILE, or"
    " the server's pg_hba.conf.",
)
NOT_THERE = Fault(
    "PostgreSQL has no database of this name",
    "Correct CALLSTEWARD_DATABASE_URL, or make it: createdb --encoding UTF8 --template"
    " template0 --owner ROLE NAME",
)
NO_RIGHTS = Fault(
    "the database's user lacks a right that it needs",
    OWN_IT,
)
READ_ONLY = Fault(
    "the database is read-only",
    NAME_THE_PRIMARY,
)
NO_TLS = Fault(
    "no TLS as it is asked for",
    "Correct sslmode and sslrootcert in CALLSTEWARD_DATABASE_URL, or the server's certificate.",
)
FULL = Fault("the server's disk is full", "Make room on the disk of PostgreSQL.")
DAMAGED = Fault("the database is damaged", "Restore a backup.")
STOPPED = Fault("PostgreSQL was stopped or is not up yet", "Start it, or wait.", busy=True)
IN_THE_WAY = Fault("another transaction was in the way", busy=True)
POSTGRESQL: Mapping[str, Fault] = {
    "28P01": REFUSED,
    "28000": REFUSED,
    "3D000": NOT_THERE,
    "42501": NO_RIGHTS,
    "25006": READ_ONLY,
    "53100": FULL,
    "53200": Fault("the server is out of memory"),
    "53300": Fault("PostgreSQL has no connection left", "Raise max_connections.", busy=True),
    "55P03": Fault("database is locked", busy=True),
    "40001": IN_THE_WAY,
    "40P01": IN_THE_WAY,
    "25P03": Fault("a transaction was left open for too long", busy=True),
    "57014": Fault("PostgreSQL took too long to answer", busy=True),
    "57P01": STOPPED,
    "57P02": STOPPED,
    "57P03": STOPPED,
    "58030": Fault("the server's disk fails"),
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
SAID_AT_CONNECTING: tuple[tuple[str, Fault], ...] = (  # libpq gives no code there
    ("password authentication failed", REFUSED),
    ("no password supplied", REFUSED),
    ("authentication failed", REFUSED),
    ("pg_hba.conf", REFUSED),
    ("role ", REFUSED),
    ("database ", NOT_THERE),
    ("too many", POSTGRESQL["53300"]),
    ("starting up", STOPPED),
    ("shutting down", STOPPED),
    ("session is read-only", READ_ONLY),
    ("SSL", NO_TLS),
    ("certificate", NO_TLS),
)


def fault(err: DatabaseError) -> str:
    """The kind of fault, in words of ours."""
    return fault_of(err).words


def fault_of(err: DatabaseError) -> Fault:
    """The kind of fault and its cure."""
    code = getattr(err.orig, "sqlite_errorcode", None)
    if code is not None:
        name = str(getattr(err.orig, "sqlite_errorname", code))
        known = _known(code)
        return Fault(name) if known is None else _named(known, name)
    if err.connection_invalidated or hasattr(err.orig, "pgconn"):
        return _postgresql(err.orig)
    return Fault(type(err.orig).__name__)


def read_fault(err: sqlite3.Error | OSError) -> str:
    """The same of an error of SQLite's own or of the system's, where a file was read."""
    if isinstance(err, OSError):
        return err.strerror or type(err).__name__
    name = getattr(err, "sqlite_errorname", type(err).__name__)
    known = _known(getattr(err, "sqlite_errorcode", 0))
    return name if known is None else _named(known, name).words


def _known(code: int) -> Fault | None:
    """Most often the rest of an extended code tells only where."""
    return SQLITE.get(code) or SQLITE.get(code & 0xFF)


def _named(known: Fault, code: str) -> Fault:
    return Fault(f"{known.words} ({code})", known.cure, known.busy)


def _postgresql(err: Any) -> Fault:
    code = err.sqlstate
    if code is not None:
        return _named(POSTGRESQL.get(code, Fault("PostgreSQL says no")), code)
    if type(err).__name__ != "OperationalError":
        return Fault(type(err).__name__)  # a fault of ours in a value
    said = str(err)
    return next((known for words, known in SAID_AT_CONNECTING if words in said), AWAY)


@contextmanager
def plainly() -> Iterator[None]:
    """The database's own faults, without the statement and its values."""
    try:
        yield
    except NoConnection as err:
        raise StoreBusy("the database failed: too many transactions at once") from err
    except DatabaseError as err:
        if _is_ours(err):
            raise _without_values(err) from None
        found = fault_of(err)
        kind = StoreBusy if found.busy else StoreFailed
        raise kind(f"the database failed: {found.words}", found.cure) from err


def _is_ours(err: DatabaseError) -> bool:
    """A fault of ours, not of the database."""
    rights = getattr(err.orig, "sqlstate", None) == "42501"
    return isinstance(err, IntegrityError | ProgrammingError) and not rights


def _without_values(err: DatabaseError) -> DatabaseError:
    """PostgreSQL adds the row that it refused as a DETAIL of its words."""
    primary = getattr(getattr(err.orig, "diag", None), "message_primary", None)
    if primary is None:
        return err
    return type(err)(err.statement, None, Exception(primary), hide_parameters=True)
