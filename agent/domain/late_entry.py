"""A card that was written on paper while we were down: its steps, as statements."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from agent.domain.application import (
    Comment,
    Compact,
    ContactConfirmed,
    Decision,
    DecisionConfirmed,
    Informed,
)
from agent.domain.in_call import (
    Concern,
    Dropped,
    Ended,
    Precall,
    Reported,
    StaffChanged,
    Started,
)
from agent.domain.statement import Statement
from agent.errors import BadInput

KINDS: Mapping[str, type[Statement]] = {
    "comment": Comment,
    "decide": Decision,
    "confirm-decision": DecisionConfirmed,
    "compact": Compact,
    "inform": Informed,
    "confirm-contact": ContactConfirmed,
    "precall": Precall,
    "start": Started,
    "staff-change": StaffChanged,
    "concern": Concern,
    "drop": Dropped,
    "end": Ended,
    "ir": Reported,
}


WORDS = {"bool": "true or false", "str": "a text", "tuple": "a list of texts"}


def statement(step: str, told: Mapping[str, Any]) -> Statement:
    """What a line of the card states. Raises BadInput naming what is wrong with it."""
    kind = KINDS.get(step)
    if kind is None:
        raise BadInput(f"the card has a step that is none of {', '.join(KINDS)}")
    known = {one.name: one for one in fields(kind)}
    for name, value in told.items():
        if name not in known:
            raise BadInput(f"{step} has no field {name}", f"Its fields: {', '.join(known)}.")
        wanted = _type(known[name].type)
        if not _fits(value, wanted):
            raise BadInput(f"{step}: {name} is not {WORDS[wanted]}")
    needed = {n for n, one in known.items() if one.default is MISSING} - told.keys()
    if needed:
        raise BadInput(f"{step} needs {', '.join(sorted(needed))}")
    return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in told.items()})


def _type(declared: Any) -> str:
    return str(getattr(declared, "__name__", declared)).partition("[")[0]


def _fits(value: Any, kind: str) -> bool:
    if kind == "tuple":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, bool if kind == "bool" else str)
