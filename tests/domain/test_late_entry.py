"""A card from paper: each line becomes the statement that its step takes, or is refused."""

from typing import Any

import pytest

from agent.domain.call import Call, State, legs
from agent.domain.in_call import Ended, Started
from agent.domain.late_entry import KINDS, statement
from agent.errors import BadInput
from tests.support.stores import NOON


def test_a_line_becomes_a_statement() -> None:
    started = statement(
        "start",
        {"supervisor": "S-1", "chaplaincy": "S-2", "no_rec": True, "admitted_by": "S-1"},
    )
    assert started == Started(
        supervisor="S-1", chaplaincy="S-2", no_rec=True, admitted_by="S-1"
    )
    assert statement("end", {"present": ["S-1", "S-2"]}) == Ended(present=("S-1", "S-2"))


@pytest.mark.parametrize(
    ("step", "told", "says"),
    [
        ("fly", {}, "none of comment"),
        ("start", {"speed": "fast"}, "start has no field speed"),
        ("start", {"no_rec": "yes"}, "no_rec is not true or false"),
        ("start", {"supervisor": 7}, "supervisor is not a text"),
        ("end", {"present": "S-1"}, "present is not a list of texts"),
        ("end", {"present": [1]}, "present is not a list of texts"),
        ("comment", {"department": "security"}, "comment needs outcome"),
    ],
)
def test_a_line_that_is_none_is_refused(step: str, told: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as refused:
        statement(step, told)
    assert says in str(refused.value)


def test_every_step_that_can_be_on_a_card_is_one_of_the_table() -> None:
    from agent.domain.call_steps import STEPS

    assert set(KINDS) - {"decide"} <= {step.name for step in STEPS}


def test_a_call_that_never_ran_has_no_legs() -> None:
    call = Call(
        id="C", establishment="MDI", device="K", state=State.REQUESTED, version=0, reason="x",
        at=NOON, until=NOON, room="r", language="English", asked_by="S", resident="p", key="k",
        made_at=NOON,
    )  # fmt: skip
    assert legs(call) == []
