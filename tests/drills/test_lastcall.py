"""The drill on last calls would find a gate that is open, and a call that a machine stops."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.domain import call_steps
from agent.domain.call_gates import Case
from agent.domain.start_gates import START, telephone
from agent.domain.steps import Gate
from agent.services import call_machine
from tests.drills._last_calls import Lives
from tests.drills._last_gates import SHUT
from tests.drills._last_stops import STOPS
from tests.drills.lastcall import Figures, play_gates, play_stops
from tests.simulation.bench import a_folder
from tests.simulation.calls.bench import CallsBench, a_calls_bench

WITH_K7 = [shut for shut in SHUT if shut.says in ("(K7)", "(P6)")]


@pytest.fixture(scope="module")
def bench() -> Iterator[CallsBench]:
    with a_folder() as folder, a_calls_bench(folder, 4) as made:
        yield made


def _start_with(monkeypatch: pytest.MonkeyPatch, *gates: Gate[Case]) -> None:
    """The table, but for the gates of the start."""
    table = tuple(
        replace(one, gates=gates) if one.name == "start" else one for one in call_steps.STEPS
    )
    monkeypatch.setattr("agent.services.calls.STEPS", table)


def test_every_gate_refuses_and_opens(bench: CallsBench) -> None:
    figures = Figures()
    play_gates(figures, bench)
    assert (figures.shut, figures.wrong) == (figures.refused, [])


def test_a_gate_that_is_gone_is_found(
    bench: CallsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    _start_with(monkeypatch, call_steps.here, *(one for one in START if one is not telephone))
    figures = Figures(calls=1)
    play_gates(figures, bench, WITH_K7)
    assert figures.refused == figures.shut - 2
    assert not figures.hold()


def test_each_proof_is_overridden_once_or_moves(
    bench: CallsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = Figures(), Figures(calls=1)
    play_stops(good, bench)
    assert good.wrong == []
    assert good.fails == good.overrides == good.moves == len(STOPS)
    monkeypatch.setattr(call_machine, "_lost", lambda tx, tag: ())
    play_stops(bad, bench)
    assert "reported lost: the call started on that iPad, and nobody decided" in bad.wrong
    assert not bad.hold()


def test_a_machine_that_stops_a_call_is_found(
    bench: CallsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if an old sweep were a reason: none has ever ended here."""
    lives = Lives(bench, 1)
    lives.play()
    assert lives.lost == []
    old: Gate[Case] = Gate("E5", lambda case: ("nothing is known of this iPad",))
    _start_with(monkeypatch, *START, old)
    lives = Lives(bench, 1)
    lives.play()
    assert len(lives.lost) >= 3
