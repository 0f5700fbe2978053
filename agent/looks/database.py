"""The database: the file itself, the clock that it has seen, the audit's head, the key."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping

from agent.domain.condition import Condition, conditions
from agent.domain.diagnosing import SET_CLOCK
from agent.domain.diagnosis import Diagnosis, ok, sentence, wrong
from agent.errors import ClockBehind, Misconfigured
from agent.looks.base import Installation, Look
from agent.services.doctor import audit_rows, prove_key
from agent.store.condition import condition_of
from agent.store.seal import KeyFile

SQLITE = "sqlite"
CONDITION_OF: Mapping[str, Callable[[str], Condition]] = {SQLITE: condition_of}
"""How each kind of database is looked at, by the first word of its URL."""
DAMAGED = "Check the file and the disk; restore a backup if it is damaged."


def condition(it: Installation) -> Iterator[Diagnosis]:
    """The database as it lies there."""
    kind = it.settings.database.partition(":")[0].partition("+")[0]
    look = CONDITION_OF.get(kind, condition_of)  # which says what a URL must be
    try:
        found = look(it.settings.database)
    except Misconfigured as err:
        yield wrong("database.file", sentence(str(err)), err.hint)
    except (sqlite3.Error, OSError) as err:
        says = f"The database cannot be read: {type(err).__name__}."
        yield wrong("database.file", says, DAMAGED)
    else:
        yield from conditions(found)


def clock(it: Installation) -> Iterator[Diagnosis]:
    """Time must not have run backwards."""
    about, store = "database.clock", it.memory
    try:
        with store.read():
            yield ok(about, "The database has seen no later time than this machine's clock.")
    except ClockBehind as err:
        yield wrong(about, sentence(str(err)), SET_CLOCK)


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


LOOKS = (
    Look("database.file", condition),
    Look("database.clock", clock),
    Look("database.audit", audit),
    Look("database.key", key),
)
