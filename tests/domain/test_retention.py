"""From when it is counted how long what is personal in a call is kept."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.domain.call import Call, Entry, State
from agent.domain.retention import over_since
from tests.support.stores import NOON

MINUTE = timedelta(minutes=1)


def a_call(state: State, *steps: tuple[str, datetime]) -> Call:
    """Each step with when it was written down; all were done at noon."""
    entries = tuple(
        Entry(number=n, step=step, at=NOON, entered_at=when, by="S", said={})
        for n, (step, when) in enumerate(steps, 1)
    )
    return Call(
        id="C", establishment="MDI", device="K", state=state, version=0, reason="x", at=NOON,
        until=NOON, room="r", language="English", asked_by="S", resident="p", key="k",
        made_at=NOON, entries=entries,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.CLOSED, "close"), (State.REFUSED, "refuse"), (State.CANCELLED, "cancel"),
        (State.EXPIRED, "expire"),
    ],
)  # fmt: skip
def test_it_is_counted_from_when_the_end_was_written_down(state: State, step: str) -> None:
    call = a_call(state, ("ask", NOON), (step, NOON + MINUTE), ("comment", NOON + 9 * MINUTE))
    assert over_since(call) == NOON + MINUTE


def test_the_last_end_counts_where_a_call_was_brought_back() -> None:
    steps = (("expire", NOON), ("move", NOON + MINUTE), ("cancel", NOON + 2 * MINUTE))
    assert over_since(a_call(State.CANCELLED, *steps)) == NOON + 2 * MINUTE
    assert over_since(a_call(State.APPROVED, *steps[:2])) is None
    assert over_since(replace(a_call(State.ENDED, ("end", NOON)))) is None
