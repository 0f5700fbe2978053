"""`callsteward serve`, a real process beside a real sandbox; and which nights it owes."""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from agent.domain.uk_time import LONDON
from agent.policies import load_policy
from agent.services.lateness import tell_lateness
from agent.services.sweep import owe_nights
from agent.store.engine import EPOCH, Store
from agent.store.ledger import Ledger, obligation
from connectors.http import utc_now
from tests.support.estates import FIRST_NIGHT, Clock, World
from tests.support.outside import SECONDS, Outside, run, start, until
from tests.support.stores import a_store

AT = time(2)


@contextmanager
def serving(outside: Outside, home: Path) -> "Iterator[subprocess.Popen[str]]":
    with start("serve", settings=outside.environment(home)) as child:
        assert child.stdout is not None
        assert "the nightly sweep is at 02:00" in child.stdout.readline()
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            _, err = child.communicate(timeout=SECONDS)
            assert (child.returncode, "Traceback" in err) == (0, False), err


def _states(store: Store) -> dict[str, str]:
    o = obligation.c
    with store.read() as tx:
        rows = tx.sql.execute(select(o.key, o.state).where(o.kind == "sweep"))
        return {row.key: row.state for row in rows}


def test_an_agent_does_the_night_that_it_missed_and_whatever_others_owe(
    outside: Outside, home: Path
) -> None:
    store = outside.filled_store(home)
    outside.edit("K10001", isSupervised=False)
    before = len(outside.by_day())
    with serving(outside, home):
        until(lambda: "done" in _states(store).values())
        until(lambda: len(outside.by_day()) - before == 3)
        states = _states(store)
        night = max(day for day in _lately() if day <= utc_now())
        assert states.pop(f"sweep/{night:%Y-%m-%d}") == "done"
        assert set(states.values()) == {"owed"}  # the nights to come
        assert all(key > f"sweep/{night:%Y-%m-%d}" for key in states)
        with store.begin() as tx:
            Ledger(tx).owe("sweep", "of-another-process", tx.now)
        until(lambda: _states(store)["sweep/of-another-process"] == "done")
        code, _, err = run("serve", settings=outside.environment(home))
        assert code == 2
        assert "another agent serves this database already" in err
        assert err.count("\n") == 1
    assert len(outside.by_day()) - before == 3
    with serving(outside, home):  # the lock went with the process
        pass
    store.close()


def test_an_agent_logs_what_it_does_and_a_command_only_what_is_wrong(
    outside: Outside, home: Path
) -> None:
    store = outside.filled_store(home)
    outside.edit("K10001", isSupervised=False)
    before = len(outside.by_day())
    with start("serve", settings=outside.environment(home)) as child:
        until(lambda: len(outside.by_day()) - before == 3)
        child.send_signal(signal.SIGTERM)
        _, err = child.communicate(timeout=SECONDS)
    lines = [json.loads(line) for line in err.splitlines()]
    assert {line["level"] for line in lines} == {"INFO"}
    assert {line["logger"].partition(".")[0] for line in lines} == {"agent"}
    nights = {line["night"] for line in lines if line["message"] == "a night is in the ledger"}
    done = [line["key"] for line in lines if line["message"] == "done"]
    assert sum(key.startswith("mail/INC-") and "phone" not in key for key in done) == 3
    assert [key for key in done if key.removeprefix("sweep/") in nights]
    assert "@" not in err
    outside.edit("K10001", isSupervised=True)
    code, _, err = run("sweep", settings=outside.environment(home))
    assert (code, err) == (0, "")
    store.close()


def test_an_agent_whose_clock_falls_behind_says_so_and_goes_on_once_it_is_right(
    outside: Outside, home: Path
) -> None:
    store = outside.filled_store(home)
    with serving(outside, home) as child:
        until(lambda: "done" in _states(store).values())
        assert child.stderr is not None
        stderr = child.stderr.fileno()
        os.set_blocking(stderr, False)
        heard: list[str] = []

        def times_said(words: str) -> int:
            with suppress(BlockingIOError):
                heard.append(os.read(stderr, 65536).decode())
            return "".join(heard).count(words)

        _has_seen(home, utc_now() + timedelta(days=1))
        until(lambda: times_said("the machine's clock says") >= 3)  # and not at our commit only
        until(lambda: times_said("correct the machine's clock") >= 3)
        _has_seen(home, utc_now())
        with store.begin() as tx:
            Ledger(tx).owe("sweep", "of-another-process", tx.now)
        until(lambda: _states(store)["sweep/of-another-process"] == "done")
    store.close()


def _has_seen(home: Path, moment: datetime) -> None:
    """As if a clock that was ahead had told the agent so."""
    kept = (moment - EPOCH) // timedelta(microseconds=1)
    with closing(sqlite3.connect(home / "callsteward.db", timeout=SECONDS)) as sql:
        sql.execute("update clock set latest = ?", (kept,))
        sql.commit()


def _lately() -> list[datetime]:
    today = utc_now().astimezone(LONDON).date()
    days = (today - timedelta(days=1), today, today + timedelta(days=1))
    return [datetime.combine(day, AT, LONDON) for day in days]


def test_an_agent_refuses_a_database_url_that_is_no_file_and_makes_no_folder_of_it(
    outside: Outside, home: Path
) -> None:
    settings = outside.environment(home) | {
        "CALLSTEWARD_DATABASE_URL": "postgresql://agent:hunter2@db/x"
    }
    code, out, err = run("serve", settings=settings)
    assert (code, err.count("\n")) == (2, 1)
    assert "hunter2" not in out + err
    assert not list(Path.cwd().glob("postgresql*"))


def test_an_agent_without_an_mdm_refuses(home: Path) -> None:
    code, _, err = run("serve", settings={"CALLSTEWARD_DATA_DIR": str(home)})
    assert code == 2
    assert "CALLSTEWARD_MDM" in err


def _owed_at(tmp_path: Path, now: datetime, at: time = AT) -> dict[str, datetime]:
    """The nights that an agent which starts now owes, and when they are due (UTC)."""
    tmp_path.mkdir(exist_ok=True)
    store = a_store(tmp_path, Clock(now))
    owe_nights(store, at)
    with store.read() as tx:
        found = {one.key: one.due for one in Ledger(tx).open("sweep")}
    store.close()
    return found


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "nights"),
    [
        (  # the clocks go forward at 01:00 UTC: 02:00 is there at once
            "2026-03-28T12:00",
            {"2026-03-28": "2026-03-28T02:00", "2026-03-29": "2026-03-29T01:00"},
        ),
        (
            "2026-03-29T12:00",
            {"2026-03-29": "2026-03-29T01:00", "2026-03-30": "2026-03-30T01:00"},
        ),
        (  # they go back at 01:00 UTC: 01:30 comes twice, 02:00 once
            "2026-10-24T12:00",
            {"2026-10-24": "2026-10-24T01:00", "2026-10-25": "2026-10-25T02:00"},
        ),
        (
            "2026-10-25T00:30",
            {"2026-10-24": "2026-10-24T01:00", "2026-10-25": "2026-10-25T02:00",
             "2026-10-26": "2026-10-26T02:00"},
        ),
        (
            "2026-10-25T12:00",
            {"2026-10-25": "2026-10-25T02:00", "2026-10-26": "2026-10-26T02:00"},
        ),
    ],
)  # fmt: skip
def test_a_night_is_keyed_by_its_local_date_and_due_at_two_in_the_uk(
    tmp_path: Path, now: str, nights: dict[str, str]
) -> None:
    found = _owed_at(tmp_path, _utc(now))
    assert found == {f"sweep/{day}": _utc(due) for day, due in nights.items()}
    for key, due in found.items():
        assert f"sweep/{due.astimezone(LONDON):%Y-%m-%d %H:%M}" == f"{key} 02:00"


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_no_night_is_missed_or_doubled_over_a_change_of_the_clocks(
    tmp_path: Path, change: date
) -> None:
    """Asked each half hour for four days."""
    clock = Clock(datetime.combine(change, time(), UTC) - timedelta(days=2))
    store = a_store(tmp_path, clock)
    owed: list[date] = []
    for _ in range(2 * 24 * 4):
        owed += owe_nights(store, AT)
        clock.now += timedelta(minutes=30)
    store.close()
    assert len(owed) == len(set(owed))
    assert {change + timedelta(days=n) for n in range(-2, 3)} <= set(owed)


def test_an_agent_that_was_down_for_a_week_owes_only_the_last_night(tmp_path: Path) -> None:
    first = _owed_at(tmp_path, _utc("2026-11-10T12:00"))
    again = _owed_at(tmp_path, _utc("2026-11-17T12:00"))
    assert set(again) - set(first) == {"sweep/2026-11-17", "sweep/2026-11-18"}


def test_a_night_missed_while_the_agent_was_down_is_done_at_its_start(world: World) -> None:
    world.clock.now = _utc("2026-11-21T09:00")
    owe_nights(world.store, AT)
    world.settle()
    assert world.sweep_of(FIRST_NIGHT).state == "COMPLETE"
    assert [one.key for one in world.owed("sweep")] == ["sweep/2026-11-22"]


def test_a_night_that_does_not_come_about_is_told_and_its_end_too(world: World) -> None:
    policy = load_policy()
    world.begin_night()
    world.clock.now += timedelta(hours=1)
    assert tell_lateness(world.store, policy) == ()
    world.clock.now += timedelta(minutes=1)
    assert tell_lateness(world.store, policy) == ("sweep.late 2026-11-21",)
    assert tell_lateness(world.store, policy) == ()
    assert [(i.type, i.category.value) for i in world.incidents()] == [
        ("sweep.late", "operational")
    ]
    world.settle()
    assert world.told() == ["infosec@justice.example", "management@provider.example"]
    assert tell_lateness(world.store, policy) == ("sweep.late 2026-11-21 is over",)
    assert world.incidents() == []
    world.audited()
