"""Several processes on one database: as safe as if each had waited for the one before."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from agent.errors import StoreBusy
from agent.store.audit import Audit, audit_head
from agent.store.engine import Store
from agent.store.incident_table import incident
from agent.store.ledger import Claim, Ledger, obligation
from connectors.http import utc_now
from tests.support.outside import ROOT, clean_environment
from tests.support.stores import NOON, a_store

LEASE = timedelta(minutes=5)
THREADS = 6


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = a_store(url, utc_now)
    yield opened
    opened.close()


RAISING = """
import sys
from agent.domain.check import Category, Severity
from agent.domain.problems import Problem
from agent.store.audit import Audit
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.opening import open_store

store = open_store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    with store.begin() as tx:
        one = Problem(
            type="device.lost", subject=f"K{number}", establishment="MDI", reason="lost",
            because="it is lost", value="", category=Category("security"), severity=Severity(3),
        )
        found = Incidents(tx).raise_for(one)
        Audit(tx).add("RAISED", "INCIDENT", found.id)
        Audit(tx).add("SEEN", "INCIDENT", found.id)
        Ledger(tx).owe_once("letter", found.id, tx.now)
store.close()
"""


def test_what_processes_raise_at_once_is_one_incident_each_and_the_chain_holds(
    url: str, store: Store
) -> None:
    """Numbers without a gap, times that do not run backwards along the chain."""
    command = [sys.executable, "-c", RAISING, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    environment = clean_environment() | {"PYTHONPATH": str(ROOT)}
    children = [subprocess.Popen(command, env=environment, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("now\n")
        child.stdin.flush()
    for child in children:
        child.communicate(timeout=60)
    assert [child.returncode for child in children] == [0, 0, 0]
    o = obligation.c
    with store.read() as tx:
        numbers = list(tx.sql.scalars(select(incident.c.number).order_by(incident.c.number)))
        rows = [json.loads(text) for _, text, _ in Audit(tx).rows()]
        assert Audit(tx).broken() is None
        assert len(list(tx.sql.scalars(select(o.key).where(o.kind == "letter")))) == 15
    assert numbers == list(range(1, 16))
    assert len(rows) == 3 * 15 * 2
    assert [row["when"] for row in rows] == sorted(row["when"] for row in rows)
    assert Counter(row["what"] for row in rows) == {"RAISED": 45, "SEEN": 45}


def test_an_obligation_is_claimed_by_one_of_all_who_try(store: Store) -> None:
    with store.begin() as tx:
        keys = [Ledger(tx).owe("letter", f"{number}", NOON) for number in range(20)]

    def claim_all(_: int) -> list[Claim]:
        found = []
        for key in keys:
            with store.beside() as tx:
                found.append(Ledger(tx).claim(key, LEASE))
        return [claim for claim in found if claim is not None]

    with ThreadPoolExecutor(THREADS) as pool:
        claims = [claim for found in pool.map(claim_all, range(THREADS)) for claim in found]
    assert sorted(claim.key for claim in claims) == sorted(keys)
    assert {claim.fence for claim in claims} == {1}


def test_of_an_end_and_a_new_claim_only_one_is_believed(store: Store) -> None:
    """A holder whose lease is over and the next claimer at the same moment."""
    for number in range(10):
        with store.begin() as tx:
            key = Ledger(tx).owe("letter", f"{number}", NOON)
            first = Ledger(tx).claim(key, timedelta())
            assert first is not None
            Ledger(tx).retry(first, NOON, "the lease is over")

        def finish(claim: Claim = first) -> bool:
            with store.begin() as tx:
                return Ledger(tx).finish(claim, "done")

        def claim_again(key: str = key) -> bool:
            with store.beside() as tx:
                return Ledger(tx).claim(key, LEASE) is not None

        with ThreadPoolExecutor(2) as pool:
            ended, claimed = pool.submit(finish), pool.submit(claim_again)
            assert ended.result() is not claimed.result()


def test_a_claim_and_a_booking_do_not_wait_for_a_long_transaction(postgres_url: str) -> None:
    """PostgreSQL: the letters of a closing go out while a register is imported."""
    one, other = a_store(postgres_url), a_store(postgres_url)
    with one.begin() as tx:
        key = Ledger(tx).owe("letter", "1", NOON)
    with one.begin() as tx:
        Audit(tx).add("REGISTER_IMPORTED", "REGISTER", "register")
        with other.beside() as beside:
            assert Ledger(beside).claim(key, LEASE) is not None
    one.close()
    other.close()


def test_the_head_of_the_chain_is_free_until_the_transaction_ends(postgres_url: str) -> None:
    one, other = a_store(postgres_url), a_store(postgres_url)
    with one.begin() as tx:
        Audit(tx).add("STAFF_IMPORTED", "STAFF", "staff")
    head = select(audit_head.c.seq).with_for_update(nowait=True)
    with one.begin() as tx:
        Audit(tx).add("STAFF_IMPORTED", "STAFF", "staff")
        with other.beside() as beside:
            assert beside.sql.scalar(head) == 1
        assert Audit(tx).head()[0] == 2  # who reads its own rows holds the head from here on
        with pytest.raises(StoreBusy, match="locked"), other.beside() as beside:
            beside.sql.scalar(head)
    one.close()
    other.close()


def test_who_waits_too_long_for_another_writer_is_told_to_try_again(postgres_url: str) -> None:
    one, other = a_store(postgres_url), a_store(postgres_url)
    other.engine.dispose()

    @event.listens_for(other.engine, "connect")
    def _impatient(connection: object, record: object) -> None:
        connection.execute("set lock_timeout = '20ms'")  # type: ignore[attr-defined]
        connection.commit()  # type: ignore[attr-defined]

    with one.begin(), pytest.raises(StoreBusy) as waited, other.begin():
        pytest.fail("two wrote at once")
    assert str(waited.value) == "the database failed: database is locked (55P03)"
    assert "Try again" in waited.value.hint
    with other.begin():
        pass
    one.close()
    other.close()
