"""How a PostgreSQL database stands, as it tells us itself, and what doctor says of that."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.domain.condition import schema_fits
from agent.domain.diagnosing import SKEW_TOLD, SKEW_WRONG
from agent.domain.diagnosis import Diagnosis, listed, ok, sentence, warning, wrong

OLDEST = 15
NEWER = f"Use PostgreSQL {OLDEST} or newer."
AS_UTF8 = "Make another one: createdb --encoding UTF8 --template template0 NAME"
NAME_THE_PRIMARY = (
    "Name the primary server in CALLSTEWARD_DATABASE_URL (target_session_attrs=read-write"
    " finds it), or set default_transaction_read_only off."
)
OWN_IT = "Let it own the database and its tables: alter database NAME owner to ROLE;"
SET_CLOCKS = "Correct the clock that is wrong; let a time service keep both (NTP)."
SAFE = "Set fsync, full_page_writes and synchronous_commit on in postgresql.conf."


@dataclass(frozen=True, slots=True)
class Server:
    """A server and its database, as a session of ours finds them."""

    version: int  # the first part of it
    encoding: str
    read_only: bool
    schema: str  # empty: it has none
    wanted: str  # the schema of this version
    known: frozenset[str]  # the schemas that this version can bring up to its own
    may_create: bool  # tables, for one that is empty
    locked: tuple[str, ...]  # tables that our user may not use as it must
    unsafe: tuple[str, ...]  # settings that are off, so that a crash may lose what was kept
    size: int  # bytes
    time: datetime


def server_conditions(now: Server, ours: datetime) -> Iterator[Diagnosis]:
    """Each thing that is looked at. `ours` is this machine's time when it was asked."""
    yield _version(now)
    yield _encoding(now)
    yield _access(now)
    yield _rights(now)
    yield schema_fits(now.schema, now.wanted, now.known)
    yield _durability(now)
    yield _clocks(ours, now.time)
    says = f"The database has {now.size / 1024**2:.0f} MiB. PostgreSQL tells no free space."
    yield ok("database.size", says)


def _version(now: Server) -> Diagnosis:
    about = "database.server"
    if now.version < OLDEST:
        return wrong(about, f"PostgreSQL {now.version} is too old.", NEWER)
    return ok(about, f"PostgreSQL {now.version} answers.")


def _encoding(now: Server) -> Diagnosis:
    about = "database.encoding"
    if now.encoding != "UTF8":
        return wrong(about, "The database does not keep its texts as UTF8.", AS_UTF8)
    return ok(about, "The database keeps its texts as UTF8.")


def _access(now: Server) -> Diagnosis:
    about = "database.access"
    if now.read_only:
        return wrong(about, "The database is read-only.", NAME_THE_PRIMARY)
    return ok(about, "The database takes writes.")


def _rights(now: Server) -> Diagnosis:
    about = "database.rights"
    if now.locked:
        says = f"The database's user lacks a right on these tables: {listed(now.locked)}."
        return wrong(about, says, OWN_IT)
    if not now.schema and not now.may_create:
        return wrong(about, "The database's user may not make its tables.", OWN_IT)
    return ok(about, "The database's user may read and write.")


def _durability(now: Server) -> Diagnosis:
    about = "database.durability"
    if now.unsafe:
        says = f"off: {listed(now.unsafe)}; a crash of the server may lose what was kept"
        return warning(about, sentence(says), SAFE)
    return ok(about, "What is kept is on the server's disk.")


def _clocks(ours: datetime, theirs: datetime) -> Diagnosis:
    """The nights go by PostgreSQL's clock, and what the outside is asked by ours."""
    about, apart = "database.server-clock", abs(ours - theirs)
    way = "ahead of" if ours > theirs else "behind"
    says = f"Our clock is {apart.total_seconds():.0f} s {way} PostgreSQL's."
    if apart > SKEW_WRONG:
        return wrong(about, says, SET_CLOCKS)
    if apart > SKEW_TOLD:
        return warning(about, says, SET_CLOCKS)
    return ok(about, "Our clock agrees with PostgreSQL's.")
