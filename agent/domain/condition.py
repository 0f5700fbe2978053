"""How a database stands, as read from outside of it, and what doctor says of that."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain.diagnosing import GIB, disk_space
from agent.domain.diagnosis import Diagnosis, counted, ok, unseen, warning, wrong

WAL_IS_LARGE = GIB // 4
RESTORE = "Stop callsteward and restore a backup; report what happened before."
NOT_OURS = "Install the version of callsteward that wrote it, or restore a backup."
UPGRADE = "Take a backup, then run: callsteward database upgrade"


@dataclass(frozen=True, slots=True)
class Condition:
    """None: not told. `integrity` is the number of faults that were found."""

    schema: str  # empty: it has none
    wanted: str  # the schema of this version
    known: frozenset[str]  # the schemas that this version can bring up to its own
    integrity: int | None  # None: it took too long
    journal: str  # wal
    wal_bytes: int
    may_write: bool  # the file, and new ones beside it
    open_to_others: tuple[str, ...]  # names of files that others than the owner may read
    free: int
    total: int


def conditions(now: Condition) -> Iterator[Diagnosis]:
    """Each thing that is looked at in a database."""
    yield schema_fits(now.schema, now.wanted, now.known)
    yield _integrity(now)
    yield _journal(now)
    yield _wal(now)
    yield _access(now)
    yield _mode(now)
    yield disk_space(now.free, now.total)


def schema_fits(schema: str, wanted: str, known: frozenset[str]) -> Diagnosis:
    """The schema that a database names against the one of this version."""
    about = "database.schema"
    if not schema:
        return wrong(about, "The database is empty.", "Run: callsteward serve")
    if schema == wanted:
        return ok(about, f"The database has schema {schema}, as this version needs it.")
    says = f"The database has schema {schema}, this version needs {wanted}."
    return wrong(about, says, UPGRADE if schema in known else NOT_OURS)


def _integrity(now: Condition) -> Diagnosis:
    about = "database.integrity"
    if now.integrity is None:
        cure = 'Run `PRAGMA integrity_check` on a backup of it, with the "sqlite3" command.'
        return unseen(about, "The database is too large to be read through here.", cure)
    if now.integrity:
        faults = counted(now.integrity, "fault", "faults")
        return wrong(about, f"The database is damaged: {faults} found.", RESTORE)
    return ok(about, "The database is whole.")


def _journal(now: Condition) -> Diagnosis:
    about = "database.journal"
    if now.journal == "wal":
        return ok(about, "The database writes ahead (WAL).")
    cure = "Run any command of callsteward: it sets it. Then see who changed it."
    return warning(about, f"The database's journal is {now.journal}, not WAL.", cure)


def _wal(now: Condition) -> Diagnosis:
    about, size = "database.wal", f"{now.wal_bytes / 1024**2:.0f} MiB"
    if now.wal_bytes <= WAL_IS_LARGE:
        return ok(about, f"The write-ahead log has {size}.")
    cure = "A process holds an old read open: restart `callsteward serve`."
    return warning(about, f"The write-ahead log has grown to {size}.", cure)


def _access(now: Condition) -> Diagnosis:
    about = "database.access"
    if now.may_write:
        return ok(about, "The database and its folder can be written.")
    cure = "Give both to the user that callsteward runs as, on a disk that takes writes."
    return wrong(about, "The database or its folder cannot be written.", cure)


def _mode(now: Condition) -> Diagnosis:
    about = "database.mode"
    if not now.open_to_others:
        return ok(about, "Only their owner may read the database's files.")
    names = ", ".join(now.open_to_others)
    return warning(about, f"Others than their owner may read: {names}.",
                   "Run chmod 600 on them.")  # fmt: skip
