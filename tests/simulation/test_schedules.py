"""A few schedules of nights; the drill plays thousands. And they would find a ledger that is
broken."""

import subprocess
import sys

import pytest

from tests.drills.schedules import NIGHTS, replay
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
    for seed in range(NIGHTS, NIGHTS * FEW + 1, NIGHTS):
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


def test_the_schedules_find_a_start_that_clears_the_leases(bench: Bench) -> None:
    seed = _first_violated(bench, clears_leases)
    print(f"found by schedule {seed}")


def test_the_schedules_find_a_fence_that_is_ignored_and_tell_the_seed(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the drill shows that schedule again, step by step."""
    with the_fence_ignored():
        seed = _first_violated(bench)
        assert replay(seed) == 1
    told = capsys.readouterr().out
    assert "wrote with an old fence" in told
    assert "after commit" in told
    print(f"found by schedule {seed}")


def _first_violated(bench: Bench, at_start: AtStart = nothing) -> int:
    seeds = range(NIGHTS, NIGHTS * FOUND_WITHIN + 1, NIGHTS)
    return next(seed for seed in seeds if play(bench, seed, at_start).wrong)
