"""The database: file or server, the clock that it has seen, the audit's head, the key."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from agent.domain.condition import conditions
from agent.domain.diagnosing import SET_CLOCK, disk_space
from agent.domain.diagnosis import Diagnosis, ok, sentence, wrong
from agent.domain.server import server_conditions
from agent.errors import ClockBehind, Misconfigured
from agent.looks.base import Installation, Look
from agent.services.doctor import audit_rows, prove_key
from agent.store.condition import condition_of
from agent.store.faults import read_fault
from agent.store.opening import database_file
from agent.store.seal import KeyFile
from agent.store.server import server_of

DAMAGED = "Check the file and the disk; restore a backup if it is damaged."


def condition(it: Installation) -> Iterator[Diagnosis]:
    """The database itself, of whichever kind it is."""
    kind = it.settings.database.partition(":")[0]
    return LOOK_OF.get(kind, file)(it)  # which says what a URL must be


def server(it: Installation) -> Iterator[Diagnosis]:
    """A PostgreSQL, as it tells us itself."""
    try:
        found = server_of(it.settings.database, it.settings.database_password())
    except Misconfigured as err:
        yield wrong("database.server", sentence(str(err)), err.hint)
    else:
        yield from server_conditions(found, it.now())


def file(it: Installation) -> Iterator[Diagnosis]:
    """A file of SQLite, as it lies there."""
    try:
        found = condition_of(it.settings.database)
    except Misconfigured as err:
        yield wrong("database.file", sentence(str(err)), err.hint)
    except (sqlite3.Error, OSError) as err:
        says = f"The database cannot be read: {read_fault(err)}."
        yield wrong("database.file", says, DAMAGED)
        with suppress(OSError):  # where not even that is told
            disk = shutil.disk_usage(database_file(it.settings.database).parent)
            yield disk_space(disk.free, disk.total)
    else:
        yield from conditions(found)


def clock(it: Installation) -> Iterator[Diagnosis]:
    """Time must not have run backwards."""
    about, store = "database.clock", it.memory
    whose = "PostgreSQL's clock" if store.database_time else "this machine's clock"
    try:
        with store.read():
            yield ok(about, f"The database has seen no later time than {whose}.")
    except ClockBehind as err:
        cure = err.hint if store.database_time else SET_CLOCK
        yield wrong(about, sentence(str(err)), cure)


def audit(it: Installation) -> Iterator[Diagnosis]:
    """The end of the chain. The whole chain is proven by `audit verify`."""
    rows = audit_rows(it.memory)
    if rows is None:
        says = "The audit's last row is not the one that its head names."
        yield wrong("database.audit", says, "Run: callsteward audit verify")
    else:
        yield ok("database.audit", f"The audit has {rows} rows and ends as it must.")


def key(it: Installation) -> Iterator[Diagnosis]:
    """The key of what is sealed, which no backup of the database holds."""
    about, store = "database.key", it.memory
    try:
        sealed = prove_key(store, KeyFile(it.key_file))
    except Misconfigured as err:
        yield wrong(about, sentence(str(err)), err.hint)
        return
    says = "The key of the consents fits. Keep a backup of it apart from the database's."
    yield ok(about, says if sealed else "Nothing is sealed yet, so no key is needed.")


LOOK_OF: Mapping[str, Callable[[Installation], Iterator[Diagnosis]]] = {"postgresql": server}
"""How another database than a file of SQLite is looked at, by the first word of its URL."""
LOOKS = (
    Look("database.file", condition),
    Look("database.clock", clock),
    Look("database.audit", audit),
    Look("database.key", key),
)
