"""How many incidents a second the service makes durable, beside bare commits by its engine.

    python -m tests.support.alarms.pace SITE FOLDER TIMES

A process of its own, in the settings in force: the service reports incidents that four are told
of each; by turns with it, bare commits of one row each go to the same disk (a file in FOLDER)
or server. Prints both as JSON.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from agent.domain.people import at_the_command_line
from agent.services.incident_desk import Desk
from agent.services.incident_reports import Report, report
from agent.store.engine import Store
from agent.wiring import open_incident_desk

AT_A_TIME = 20  # of each kind, by turns, so that both meet the same noise
BY = at_the_command_line("S-INFOSEC", "pace")
DURABLE = ("journal_mode=WAL", "synchronous=FULL")


def measured(site: str, folder: Path, times: int) -> dict[str, float]:
    """Of both, how many a second."""
    turns = max(1, times // AT_A_TIME)
    ours = bare = 0.0
    with open_incident_desk() as desk, _bare(desk.store, folder) as commit:
        for turn in range(turns):
            marks = [f"P{turn}-{number}" for number in range(AT_A_TIME)]
            ours += _seconds(lambda mark: _report(desk, site, mark), marks)
            bare += _seconds(lambda _: commit(), marks)
    done = turns * AT_A_TIME
    return {"accepted_per_s": done / ours, "bare_commits_per_s": done / bare}


def _report(desk: Desk, site: str, mark: str) -> object:
    return report(desk, Report(kind="damage", site=site, device=mark), BY)


def _seconds(act: Callable[[str], object], marks: Iterable[str]) -> float:
    begun = perf_counter()
    for mark in marks:
        act(mark)
    return perf_counter() - begun


@contextmanager
def _bare(store: Store, folder: Path) -> Iterator[Callable[[], object]]:
    """One row, one commit, as durable as ours."""
    if store.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as file:
            for pragma in DURABLE:
                file.execute(f"pragma {pragma}")
            file.execute("create table bare (row text)")
            yield lambda: file.execute("insert into bare values ('one row')")
        return
    with store.engine.connect() as sql:
        sql.execute(text("create table bare (row text)"))
        sql.commit()

        def insert() -> None:
            sql.execute(text("insert into bare values ('one row')"))
            sql.commit()

        yield insert
        sql.execute(text("drop table bare"))
        sql.commit()


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
