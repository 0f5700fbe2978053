"""A few schedules of calls; the drill plays thousands. And they would find what is broken."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.drills.schedules import NIGHTS, replay
from tests.simulation.broken import clears_leases, the_fence_ignored
from tests.simulation.calls.bench import CallsBench
from tests.simulation.calls.broken import meetings_ignored, unread_lists_believed
from tests.simulation.calls.playing import play_calls
from tests.simulation.processes import AtStart, nothing
from tests.support.outside import ROOT

FEW = 5
FOUND_WITHIN = 500
RARE = 91  # a seed shortly before one that meets it: the ninety before it would only cost time
ANY = 2
Broken = Callable[[], AbstractContextManager[None]]


def test_a_few_schedules_of_calls_violate_nothing(calls_bench: CallsBench) -> None:
    """Each has a kill and a fault, or it would prove nothing."""
    for seed in filter(_of_calls, range(1, FEW + 1)):
        one = play_calls(calls_bench, seed)
        assert one.wrong == (), f"./run drill schedules --seed {seed}"
        assert one.counts["kills"] and one.counts["faults"]


def test_a_seed_is_one_schedule_of_calls_in_any_process(calls_bench: CallsBench) -> None:
    """Step by step, whatever keys it makes and whatever order its sets have."""
    words = (
        "from tests.simulation.bench import a_folder\n"
        "from tests.simulation.calls.bench import a_calls_bench\n"
        "from tests.simulation.calls.playing import play_calls\n"
        "with a_folder() as folder, a_calls_bench(folder) as bench:\n"
        f"    print(play_calls(bench, {ANY}).digest)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", words],
        env={"PYTHONHASHSEED": "11", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [play_calls(calls_bench, ANY).digest]


@pytest.mark.parametrize(
    ("broken", "at_start", "since", "says"),
    [
        (nullcontext, clears_leases, 1, "two live claims"),
        (the_fence_ignored, nothing, 1, "wrote with an old fence"),
        (meetings_ignored, nothing, RARE, "in a meeting"),
        (unread_lists_believed, nothing, 1, "nobody read the contacts to the end"),
    ],
)
def test_the_schedules_find_a_broken_rule(
    calls_bench: CallsBench, broken: Broken, at_start: AtStart, since: int, says: str
) -> None:
    with broken():
        seed, wrong = _first_violated(calls_bench, at_start, since)
    assert says in "\n".join(wrong)
    print(f"found by schedule {seed}")


def test_the_drill_shows_a_violated_schedule_again(
    calls_bench: CallsBench, capsys: pytest.CaptureFixture[str]
) -> None:
    with unread_lists_believed():
        seed, _ = _first_violated(calls_bench, nothing)
        assert replay(seed) == 1
    told = capsys.readouterr().out
    assert "WRONG: " in told
    assert "asks POST" in told


def _of_calls(seed: int) -> bool:
    return seed % NIGHTS > 0


def _first_violated(
    bench: CallsBench, at_start: AtStart, since: int = 1
) -> tuple[int, tuple[str, ...]]:
    played = (
        play_calls(bench, seed, at_start)
        for seed in filter(_of_calls, range(since, FOUND_WITHIN + 1))
    )
    return next((one.seed, one.wrong) for one in played if one.wrong)
