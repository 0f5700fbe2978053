"""A database from before retention owes the erasure of the calls that are over already."""

from datetime import timedelta
from pathlib import Path

from agent.domain.application import Cancelled
from agent.services.call_erasure import erase
from agent.services.calls import record
from agent.store.call_erasure import ERASE
from agent.store.ledger import Ledger
from agent.store.schema import downgrade, upgrade
from tests.support.calls import an_office, asked_for, by
from tests.support.estates import Clock
from tests.support.shapes import an_engine
from tests.support.stores import NOON

DAY = timedelta(days=1)


def test_calls_that_are_over_owe_it_from_then_on(tmp_path: Path, url: str) -> None:
    clock = Clock(NOON)
    office = an_office(tmp_path, clock, url)
    erased, over, running = asked_for(office), "", ""
    record(office, erased, Cancelled(reason="not-needed"), by("SPOC"))
    erase(office, erased, by("SPOC"), by("CHAP"))
    over = asked_for(office)
    clock.now += DAY
    record(office, over, Cancelled(reason="not-needed"), by("SPOC"))
    running = asked_for(office, number="B2222CD")
    assert office.found(running).erased_at is None
    engine = an_engine(url)
    with engine.begin() as sql:
        downgrade(sql, "0003")
        kinds = sql.exec_driver_sql("select count(*) from obligation where kind = 'call.erase'")
        assert kinds.scalar() == 0  # an older version could not meet it
    with engine.begin() as sql:
        upgrade(sql)
    engine.dispose()
    with office.store.read() as tx:
        found = Ledger(tx).open(ERASE)
    assert [(one.subject, one.due) for one in found] == [(over, NOON + DAY + 90 * DAY)]
    office.store.close()
