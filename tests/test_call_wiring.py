"""What looks after calls in Zoom is there whether Zoom is configured or not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from agent.call_wiring import LOOK, PACE, QUICK, effects_of_calls, watching_of
from agent.settings import Settings
from agent.store.ledger import Ledger, obligation
from agent.tick import Worker
from agent.wiring import AGENT_SLOTS
from tests.support.calls import POLICY, an_office, approved, asked_for
from tests.support.estates import Clock


def test_a_call_made_without_zoom_keeps_nobody_from_starting(tmp_path: Path) -> None:
    clock = Clock()
    office = an_office(tmp_path, clock)
    call = asked_for(office)
    approved(office, call)
    settings = Settings(data_dir=tmp_path)
    effects = effects_of_calls(settings, office.store, POLICY, office.keys)
    worker = Worker(office.store, {one.kind: one for one in effects}, AGENT_SLOTS)
    worker.prove_complete()
    with office.store.begin() as tx:
        for kind, subject in (("call.facts", call), ("zoom.stop", "u=="), ("zoom.host", "h")):
            Ledger(tx).owe(kind, subject, tx.now)
    clock.now += timedelta(hours=2)
    while worker.tick(lambda lane, key: worker.perform(key)):
        pass
    o = obligation.c
    with office.store.read() as tx:
        found = {row.kind: row.detail for row in tx.sql.execute(select(o.kind, o.detail))}
    assert found == {
        "call.watch": "Zoom is not configured",
        "call.facts": "Zoom is not configured",
        "zoom.stop": "tried",
        "zoom.host": "Zoom is not configured",
    }


def test_every_lane_has_slots(tmp_path: Path) -> None:
    office = an_office(tmp_path, Clock())
    effects = effects_of_calls(Settings(data_dir=tmp_path), office.store, POLICY, office.keys)
    assert {one.lane for one in effects} <= AGENT_SLOTS.keys()
    assert watching_of(Settings(data_dir=tmp_path), office.store) is None


@pytest.mark.parametrize("deadline", [1, 30, 60])
def test_the_leases_outlast_what_they_are_for(tmp_path: Path, deadline: int) -> None:
    office = an_office(tmp_path, Clock())
    settings = Settings(data_dir=tmp_path, deadline_seconds=deadline)
    leases = {
        one.kind: one.lease
        for one in effects_of_calls(settings, office.store, POLICY, office.keys)
    }
    one_read = QUICK + 2 * QUICK  # all patience, the last call, one for its token
    assert leases["call.watch"] == LOOK > 4 * one_read + PACE
    assert leases["zoom.stop"] > 2 * 4 * timedelta(seconds=deadline)
