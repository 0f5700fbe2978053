"""Real processes, really killed; the next one ends their work once their lease is over."""

import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from agent.effects.sweep import LEASE
from agent.settings import Settings
from agent.store.audit import Audit
from agent.store.engine import Store
from agent.store.opening import open_store
from agent.store.sweeps import Sweep, Sweeps, part
from agent.store.sweeps import sweep as sweeps
from agent.wiring import AGENT_SLOTS, mdm_of, worker_of
from agent.worker import Lanes
from connectors.http import utc_now
from tests.support.dies import POWER_CUT
from tests.support.outside import PREFIX, Outside, run, start, until

PLACES = ["ACI", "AGI", "ASI", ""]


def _ahead() -> datetime:
    """A clock on which every lease that is held now is over."""
    return utc_now() + LEASE + timedelta(seconds=5)


def _settings(environment: Mapping[str, str]) -> Settings:
    given = {k.removeprefix(PREFIX).lower(): v for k, v in environment.items()}
    return Settings(**given)  # type: ignore[arg-type]


def _next_process_works(environment: Mapping[str, str], url: str) -> Store:
    """All that is owed is done by somebody who comes after the lease."""
    settings = _settings(environment)
    store = open_store(url, _ahead)
    worker = worker_of(settings, store, mdm_of(settings), AGENT_SLOTS)
    with closing(Lanes(worker)) as lanes:
        lanes.drain(60)
    return store


def _sweeps(store: Store) -> list[Sweep]:
    with store.read() as tx:
        ids = list(tx.sql.scalars(select(sweeps.c.id)))
        return [found for one in ids if (found := Sweeps(tx).get(one)) is not None]


def _parts(store: Store) -> list[str]:
    with store.read() as tx:
        return sorted(tx.sql.scalars(select(part.c.establishment)))


def _chain_holds(store: Store) -> bool:
    with store.read() as tx:
        return Audit(tx).broken() is None


@pytest.mark.parametrize("places", [1, 2, 4])
def test_a_process_that_dies_between_two_establishments_is_carried_on(
    outside: Outside, home: Path, url: str, places: int
) -> None:
    outside.filled_store(url).close()
    for tag in ("K10001", "K10003", "K10005"):
        outside.edit(tag, isSupervised=False)
    environment, before = outside.environment(home, url), len(outside.by_day())
    code, _, err = run(str(places), settings=environment, module="tests.support.dies")
    assert (code, err) == (POWER_CUT, "")
    dead = open_store(url, utc_now)
    assert _parts(dead) == sorted(PLACES[:places])
    dead.close()
    with closing(_next_process_works(environment, url)) as store:
        assert _parts(store) == sorted(PLACES)
        assert [one.state for one in _sweeps(store)] == ["COMPLETE"]
        assert _chain_holds(store)
    told = Counter(mail["Message-ID"] for mail in outside.by_day()[before:])
    assert len(told) == 7  # one platform incident: three Securities, three managers, Infosec
    assert set(told.values()) == {1}


@pytest.mark.parametrize("command", ["sweep", "serve"])
def test_a_command_killed_while_it_reads_is_carried_on_after_its_lease(
    outside: Outside, home: Path, url: str, command: str
) -> None:
    filled = outside.filled_store(url)
    outside.edit("K10001", isSupervised=False)
    outside.control("PUT", "latency", {"ms": 1500})
    environment, before = outside.environment(home, url), len(outside.by_day())
    with start(command, settings=environment) as child:
        until(lambda: _sweeps(filled) or child.poll() is not None)
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert child.returncode == -signal.SIGKILL
    outside.control("PUT", "latency", {"ms": 0})
    assert [one.state for one in _sweeps(filled)] == ["RUNNING"]
    assert _parts(filled) == []
    filled.close()
    with closing(_next_process_works(environment, url)) as store:
        assert [one.state for one in _sweeps(store)] == ["COMPLETE"]
        assert _parts(store) == sorted(PLACES)
        assert _chain_holds(store)
    assert len(outside.by_day()) - before == 3


def test_nobody_touches_a_dead_ones_work_before_its_lease_is_over(
    outside: Outside, home: Path, url: str
) -> None:
    outside.filled_store(url).close()
    environment = outside.environment(home, url)
    run("1", settings=environment, module="tests.support.dies")
    settings = _settings(environment)
    with closing(open_store(url, utc_now)) as store:
        worker = worker_of(settings, store, mdm_of(settings), AGENT_SLOTS)
        with closing(Lanes(worker)) as lanes:
            lanes.drain(60)
        assert _parts(store) == PLACES[:1]
