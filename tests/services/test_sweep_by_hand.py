"""A sweep by hand: its own id, and the end of one that was cut off."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from agent.domain.people import nobody_named
from agent.services.sweep import sweep_by_hand
from agent.store.ledger import Ledger
from tests.support.estates import World, make_world

LEASE = timedelta(minutes=3)
BY = nobody_named("root")


@pytest.fixture
def world(url: str) -> Iterator[World]:
    made = make_world(url)
    yield made
    made.store.close()


def open_sweeps(world: World) -> list[str]:
    with world.store.read() as tx:
        return [owed.subject for owed in Ledger(tx).open("sweep") if "hand" in owed.subject]


def test_a_sweep_by_hand_that_was_cut_off_is_overtaken_by_the_next(world: World) -> None:
    cut_off = sweep_by_hand(world.store, BY, LEASE)
    world.clock.now += LEASE
    again = sweep_by_hand(world.store, BY, LEASE)
    assert open_sweeps(world) == [again.id]
    worker = world.worker
    assert worker.carry_out(cut_off.claim, cut_off.now) is None  # its fence is old
    assert open_sweeps(world) == [again.id]


def test_a_sweep_by_hand_that_somebody_holds_is_left_alone(world: World) -> None:
    held = sweep_by_hand(world.store, BY, LEASE)
    world.clock.now += LEASE - timedelta(microseconds=1)
    again = sweep_by_hand(world.store, BY, LEASE)
    assert open_sweeps(world) == [held.id, again.id]
