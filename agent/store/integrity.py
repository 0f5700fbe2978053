"""Reading a whole file of SQLite for damage, for so long at most."""

import sqlite3
import time
from datetime import timedelta

BRIEFLY = timedelta(seconds=0.5)  # what every command can spare: some hundred MiB
THOROUGHLY = timedelta(seconds=20)
STEPS = 10_000  # of SQLite's machine, between two looks at the time


def damage(sql: sqlite3.Connection, check: str, check_for: timedelta) -> int | None:
    """How many faults `check` finds; None where there was no time to read it all.

    `check` is SQLite's quick_check or, with the indexes compared, integrity_check.
    """
    end = time.monotonic() + check_for.total_seconds()
    sql.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        rows = sql.execute(f"PRAGMA {check}").fetchall()
    except sqlite3.DatabaseError as err:
        if err.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        if err.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
            return 1  # so badly that it cannot even be checked
        raise
    finally:
        sql.set_progress_handler(None, 0)
    return 0 if rows == [("ok",)] else len(rows)
