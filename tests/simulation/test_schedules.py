"""A few schedules; the drill plays thousands. And they would find a ledger that is broken."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.simulation.bench import Bench
from tests.simulation.broken import clears_leases, the_fence_ignored
from tests.simulation.playing import play
from tests.simulation.processes import AtStart, nothing
from tests.support.outside import ROOT

FEW = 6
FOUND_WITHIN = 500
WITH_ZOOM = 2  # a seed whose schedule has Zoom


def test_a_few_schedules_violate_nothing(bench: Bench) -> None:
    """Each has a kill and a fault, or it would prove nothing."""
    for seed in range(1, FEW + 1):
        one = play(bench, seed)
        assert one.wrong == (), f"./run drill schedules --seed {seed}"
        assert one.counts["kills"] and one.counts["faults"]


def test_a_seed_is_one_schedule_in_any_process(bench: Bench) -> None:
    """Step by step, whatever order another process gives to its sets."""
    words = (
        "from tests.simulation.bench import a_bench, a_folder\n"
        "from tests.simulation.playing import play\n"
        "with a_folder() as folder, a_bench(folder) as bench:\n"
        f"    print(play(bench, {WITH_ZOOM}).digest)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", words],
        env={"PYTHONHASHSEED": "11", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [play(bench, WITH_ZOOM).digest]


@pytest.mark.parametrize(
    ("at_start", "breaking"),
    [(clears_leases, nullcontext), (nothing, the_fence_ignored)],
    ids=["a start clears the leases", "the fence is ignored"],
)
def test_the_schedules_find_a_broken_ledger(
    bench: Bench, at_start: AtStart, breaking: Callable[[], AbstractContextManager[None]]
) -> None:
    with breaking():
        seeds = range(1, FOUND_WITHIN + 1)
        found = next((seed for seed in seeds if play(bench, seed, at_start).wrong), None)
    assert found is not None
    print(f"found by schedule {found}")
