"""What every service of incidents stands on, and a step of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.domain.call import security_issue
from agent.domain.incident import Incident, place_of
from agent.domain.incident_gates import Case
from agent.domain.incident_rules import IncidentRules
from agent.domain.incident_steps import STEPS
from agent.domain.people import Actor
from agent.domain.policy import Policy
from agent.domain.steps import Taken, take
from agent.errors import BadInput
from agent.services.call_duties import IR
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.calls import Calls, c
from agent.store.engine import Store, Transaction
from agent.store.incidents import Incidents
from agent.store.people import People
from agent.store.tasks import Tasks

LONGEST = 400  # characters of what a person writes


@dataclass(frozen=True, slots=True)
class Desk:
    """Our memory, and what the scheme says of incidents. `places` are all establishments."""

    store: Store
    policy: Policy
    rules: IncidentRules
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a step. `new` False: it was so already, and nothing was written."""

    incident: Incident
    new: bool = True


def named(tx: Transaction, incident_id: str) -> Incident:
    """The incident of this id. Raises BadInput."""
    wanted = incident_id.strip().upper()
    if place_of(wanted) is None or not Incidents(tx).has(wanted):
        raise BadInput("there is no such incident", "See: callsteward incident list")
    return Incidents(tx).get(wanted)


def step(
    tx: Transaction,
    name: str,
    incident_id: str,
    by: Actor,
    values: Mapping[str, object] | None = None,
    *,
    authority: str = "",
    words: str = "",
    told: Mapping[str, str] | None = None,
) -> tuple[Incident, Taken[Case]]:
    """Take a step of the table and write it down. Raises NotAllowed with every gap."""
    taken, old = may(tx, name, incident_id, by, authority=authority)
    new = Incidents(tx).write(
        taken.step, old, by.id, values or {}, words=plain(words), told=told
    )
    what = f"INCIDENT_{AUDITED[name]}"
    details = {**(told or {}), "revision": new.revision, "state": new.state.value}
    Audit(tx).add(what, "INCIDENT", new.id, by=by, details=details)
    return new, taken


AUDITED = {
    "acknowledge": "ACKNOWLEDGED",
    "take": "TAKEN",
    "note": "NOTED",
    "phone": "PHONE_RECORDED",
    "ir": "IR_RECORDED",
    "relate": "RELATED",
    "ask-close": "CLOSING_ASKED",
    "close": "CLOSED",
}
"""The step -> what the audit calls it."""


def may(
    tx: Transaction, name: str, incident_id: str, by: Actor, *, authority: str = ""
) -> tuple[Taken[Case], Incident]:
    """The step as it may be taken now, and the incident. Raises NotAllowed."""
    must_work_here(tx, by)
    found = named(tx, incident_id)
    case = Case(
        incident=found, by=People(tx).staff(by.id), ir_missing=any(_without_ir(tx, found))
    )
    return take(STEPS, name, found.state, case, authority=authority), found


def _without_ir(tx: Transaction, incident: Incident) -> Iterable[bool]:
    """For each call on its iPad that had a security issue: no IR is known nor owed (D8)."""
    if not incident.is_grave or not incident.establishment:
        return
    for call in Calls(tx).select(c.device == incident.subject):
        if security_issue(call) and not call.said("ir"):
            yield not any(
                one.kind == IR and one.done_at is None for one in Tasks(tx).of(call.id)
            )


def plain(words: str) -> str:
    """What a person wrote, as it is kept. Raises BadInput."""
    text = words.strip()
    if len(text) > LONGEST or not (text.isprintable() or not text):
        raise BadInput(f"at most {LONGEST} characters on one line", "Say it shorter.")
    return text
