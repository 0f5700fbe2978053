"""What must hold before a step of an incident, each with its requirement."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.domain.incident import Incident
from agent.domain.people import Staff
from agent.domain.steps import Gate, unless

CLOSER = "the Governor, the Deputy, the Head of Security or Infosec"
"""Who decides that an incident is closed without the call to Infosec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A step about to be taken, and all that its gates may look at."""

    incident: Incident
    by: Staff | None  # None: the machine itself
    ir_missing: bool = False  # its call had a security issue, with neither an IR nor its task


def belongs(staff: Staff, incident: Incident) -> bool:
    """Whether this person may handle it: somebody of its place, or of a wider role."""
    return staff.active and staff.establishment in ("", incident.establishment)


def _may(case: Case) -> Iterable[str]:
    if case.by is None or belongs(case.by, case.incident):
        return
    place = case.incident.establishment
    if place:
        yield f"{case.by.id} is neither staff of {place} nor of a wider role"
    else:
        yield f"it is of no establishment, and {case.by.id} is not of a wider role"


def _rung(incident: Incident) -> bool:
    return not incident.is_grave or bool(incident.phone or incident.override_by)


def _confirmed(case: Case) -> Iterable[str]:
    if not case.incident.needs_two:
        return
    asked_by = case.incident.closing_by
    if asked_by is None:
        yield "nobody has asked to close it yet"
    elif case.by is not None and case.by.id == asked_by:
        yield f"another person than {asked_by} confirms it"


may: Gate[Case] = Gate("A8", _may)
acknowledged: Gate[Case] = Gate(
    "W1",
    unless(lambda c: c.incident.acknowledged_by is not None, "nobody has acknowledged it"),
)
rung: Gate[Case] = Gate(
    "X9",
    unless(lambda c: _rung(c.incident), "the reference of the call to Infosec is not recorded"),
    CLOSER,
)
ir: Gate[Case] = Gate(
    "D8",
    unless(
        lambda c: not c.ir_missing or c.incident.ir is not None,
        "its call had a security issue, with neither an IR reference nor a task for it",
    ),
)
two_people: Gate[Case] = Gate("X13", _confirmed)
by_machine: Gate[Case] = Gate(
    "W1", unless(lambda c: not c.incident.is_grave, "only a person closes it")
)
