"""What must be stated before a step of a call, each with its requirement.

Only the protocol's own human steps are here. DECIDER may decide otherwise where it is named;
a gate without it is opened by its statement alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.domain.call import Call, comments, of_contact
from agent.domain.call_rules import CallRules
from agent.domain.contact import Window
from agent.domain.people import Staff
from agent.domain.steps import Gap, Gate, unless

DECIDER = "the Governor or Deputy Governor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A step about to be taken, and all that its gates may look at."""

    call: Call  # as it was known when the step was done
    said: Any  # the statement that the step takes
    by: Staff  # who enters it
    at: datetime  # when it was done
    staff: Mapping[str, Staff]
    rules: CallRules
    authorised: bool  # a letter in force lists this iPad
    withdrawn: datetime | None  # the resident's access, for misuse: since when
    stops: tuple[Gap, ...] = ()  # what a machine has proven of this iPad just now
    window: Window | None = None  # the one through which the contact can be reached
    left: tuple[Window, ...] = ()  # those of which something may be left on the iPad
    opened_today: int = 0  # windows on this iPad
    reach: str = ""  # why the agent can invite nobody here; empty: it can


def role_of(case: Case, person: str) -> str:
    """The role of somebody who works at the call's establishment; empty: nobody there."""
    found = case.staff.get(person)
    here = found is not None and found.active and found.establishment == case.call.establishment
    return found.role if found is not None and here else ""


def decides(case: Case, person: str) -> bool:
    return role_of(case, person) in case.rules.deciders


def _staff(case: Case) -> Iterable[str]:
    """Whoever a statement names works there."""
    for person in dict.fromkeys(case.said.people()):
        if not role_of(case, person):
            yield f"{person} is no member of staff of {case.call.establishment}"


def _comments(case: Case) -> Iterable[str]:
    have = comments(case.call)
    for code, name in case.rules.departments.items():
        if code not in have:
            yield f"{name} comment not recorded"


def _written(case: Case) -> Iterable[str]:
    """A decision is the decider's own entry, or says where it was taken from."""
    own = case.by.id == case.said.decided_by
    if not own and not case.said.form and not case.said.verbal:
        yield "not decided here: give the form's reference, or say that it was by telephone"
    if case.said.verbal and case.by.role not in case.rules.by_telephone:
        yield "a decision by telephone is entered by the duty governor"


def _correction(case: Case) -> Iterable[str]:
    held = of_contact(case.call, "confirm-contact").get("non_contact")
    corrects = role_of(case, case.said.confirmed_by) in case.rules.corrects
    if held and not case.said.non_contact and not (corrects and case.said.correction):
        yield (
            "held for a non-contact person: only Offender Management corrects that, by a"
            " reference"
        )


def _may_have_calls(case: Case) -> bool:
    """Not withdrawn, or the Governor decided about this call since."""
    since = case.withdrawn
    decided = (
        one.at
        for one in case.call.entries
        for says in one.listed("overridden")
        if says.endswith("(B2)")
    )
    return since is None or any(at >= since for at in decided)


def _same_decider(case: Case) -> bool:
    told = case.call.said("approve")
    return bool(told.get("verbal")) and case.said.confirmed_by == told["decided_by"]


works_here: Gate[Case] = Gate("A8", _staff)
four_comments: Gate[Case] = Gate("P2", _comments)
decider: Gate[Case] = Gate(
    "P4", unless(lambda c: decides(c, c.said.decided_by), f"not decided by {DECIDER}")
)
not_requester: Gate[Case] = Gate(
    "P4",
    unless(lambda c: c.said.decided_by != c.call.asked_by, "who asks for a call cannot decide"),
)
written: Gate[Case] = Gate("P4", _written)
same_decider: Gate[Case] = Gate(
    "Q27", unless(_same_decider, "only who decided by telephone confirms it")
)
in_writing: Gate[Case] = Gate(
    "Q27",
    unless(
        lambda c: c.by.id == c.said.confirmed_by or bool(c.said.form),
        "confirmed by who decided, or by a form's reference",
    ),
)
not_withdrawn: Gate[Case] = Gate(
    "B2", unless(_may_have_calls, "the resident's access is withdrawn"), DECIDER
)
authorised: Gate[Case] = Gate(
    "C1", unless(lambda c: c.authorised, "no authorisation under s.40E lists this iPad")
)
correction: Gate[Case] = Gate("P3", _correction)
time_passed: Gate[Case] = Gate(
    "Q25", unless(lambda c: c.at >= c.call.until, "its time has not passed yet")
)
