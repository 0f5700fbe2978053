"""What people do with an incident: each is one step of its life, in one transaction."""

from dataclasses import dataclass

from agent.domain.incident import Incident, State
from agent.domain.incident_gates import CLOSER, belongs
from agent.domain.incident_rules import rules_by_type
from agent.domain.people import Actor
from agent.domain.problems import Problem
from agent.domain.references import reference
from agent.errors import BadInput, NotAllowed
from agent.services.incident_desk import Desk, Done, may, named, plain, step
from agent.store.engine import Transaction
from agent.store.incident_events import Timeline
from agent.store.incidents import Incidents
from agent.store.people import People
from agent.store.telling import tell_again


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Why it is closed. `lesson` and `why` are kept in the database only.

    `override_by` decides that the reference of the call to Infosec is not needed (X9), and
    `why`.
    """

    cause: str
    lesson: str = ""
    override_by: str = ""
    why: str = ""


def acknowledge(desk: Desk, incident_id: str, by: Actor) -> Done:
    """A named person has seen this revision: nobody else is woken for it (W1)."""
    with desk.store.begin() as tx:
        old = named(tx, incident_id)
        if old.state in (State.ACKNOWLEDGED, State.IN_HAND):
            may(tx, "note", old.id, by)
            return Done(old, new=False)
        values = {"acknowledged_at": tx.now, "acknowledged_by": by.id}
        return Done(step(tx, "acknowledge", old.id, by, values)[0])


def take_in_hand(desk: Desk, incident_id: str, by: Actor) -> Done:
    """This person looks after it from now on."""
    with desk.store.begin() as tx:
        old = named(tx, incident_id)
        if old.taken_by == by.id:
            return Done(old, new=False)
        return Done(step(tx, "take", old.id, by, {"taken_by": by.id})[0])


def note(desk: Desk, incident_id: str, words: str, by: Actor) -> Done:
    """Something worth keeping. It never leaves the database but by `incident show`."""
    if not plain(words):
        raise BadInput("nothing was said", "Say what is to be noted.")
    with desk.store.begin() as tx:
        return Done(step(tx, "note", incident_id, by, words=words)[0])


def record_phone(desk: Desk, incident_id: str, number: str, by: Actor) -> Done:
    """The reference that Infosec gave on the telephone (X9)."""
    return _refer(desk, "phone", incident_id, number, by)


def record_ir(desk: Desk, incident_id: str, number: str, by: Actor) -> Done:
    """The reference of the IR (D8); never what it says."""
    return _refer(desk, "ir", incident_id, number, by)


def relate(desk: Desk, incident_id: str, other: str, by: Actor) -> Done:
    """Two incidents have to do with each other. Both timelines say so."""
    with desk.store.begin() as tx:
        one, two = named(tx, incident_id), named(tx, other)
        if one.id == two.id:
            raise BadInput("an incident is not related to itself", "Name another one.")
        may(tx, "relate", two.id, by)
        if not Timeline(tx).relate(one.id, two.id):
            return Done(one, new=False)
        step(tx, "relate", two.id, by, told={"to": one.id})
        return Done(step(tx, "relate", one.id, by, told={"to": two.id})[0])


def close(desk: Desk, incident_id: str, said: Closing, by: Actor) -> Done:
    """Close it; one of severity HIGH is closed once another person has confirmed it."""
    if said.cause not in desk.rules.causes:
        raise BadInput(f"no cause of the list: {said.cause}", _causes(desk))
    with desk.store.begin() as tx:
        old = named(tx, incident_id)
        authority = _authority(tx, desk, old, said)
        ask = {"cause": said.cause, "closing_by": by.id}
        end = {"cause": said.cause, "closed_at": tx.now, "closed_by": by.id}
        name, values = ("ask-close", ask) if old.needs_two else ("close", end)
        told = {"cause": said.cause}
        taken, _ = may(tx, name, old.id, by, authority=authority)
        if taken.overridden:
            values |= {"override_by": said.override_by}
            told |= {"override": said.override_by}
            _decided(tx, old, said, str(taken.overridden[0]), by)
        new, _ = step(
            tx, name, old.id, by, values,
            authority=authority, words=said.lesson, told=told,
        )  # fmt: skip
        return Done(new)


def confirm_closing(desk: Desk, incident_id: str, by: Actor) -> Done:
    """Another person than the one who asked closes it, for the cause that was given."""
    with desk.store.begin() as tx:
        old = named(tx, incident_id)
        told = {"cause": old.cause or "", "asked_by": old.closing_by or ""}
        values = {"closed_at": tx.now, "closed_by": by.id}
        return Done(step(tx, "close", old.id, by, values, told=told)[0])


def reopen(desk: Desk, incident_id: str, words: str, by: Actor) -> Done:
    """It was closed too early: its next revision, told to everybody again."""
    with desk.store.begin() as tx:
        taken, old = may(tx, "reopen", incident_id, by)
        other = Incidents(tx).open_for(old.type, old.subject)
        if other is not None:
            raise NotAllowed(f"{other.id} tells the same and is not closed", "Use that one.")
        new = Incidents(tx).reopen(old, _problem(old), by, step=taken.step.name)
        if plain(words):
            step(tx, "note", new.id, by, words=words)
        tell_again(tx, desk.policy, rules_by_type(desk.rules, desk.policy.zoom), new)
        return Done(new)


def _refer(desk: Desk, name: str, incident_id: str, number: str, by: Actor) -> Done:
    found = reference(number)
    with desk.store.begin() as tx:
        old = named(tx, incident_id)
        if getattr(old, name) == found:
            return Done(old, new=False)
        told = {"reference": found}
        return Done(step(tx, name, old.id, by, {name: found}, told=told)[0])


def _authority(tx: Transaction, desk: Desk, incident: Incident, said: Closing) -> str:
    """Of whoever lets it be closed without the call to Infosec. Raises NotAllowed."""
    if not said.override_by:
        return ""
    person = People(tx).staff(said.override_by)
    has_role = person is not None and person.role in desk.rules.without_phone
    if person is None or not has_role or not belongs(person, incident):
        raise NotAllowed(f"only {CLOSER} decides that (X9)", "Ask them.")
    if not plain(said.why):
        raise BadInput("nobody said why it is decided otherwise", "Give the reason.")
    return CLOSER


def _decided(tx: Transaction, old: Incident, said: Closing, gap: str, by: Actor) -> None:
    """Who let it be closed all the same, and why, for as long as the timeline is kept."""
    told = {"who": said.override_by, "gap": gap}
    Timeline(tx).add(old.id, "override", old.revision, by.id, told, plain(said.why))


def _causes(desk: Desk) -> str:
    return f"One of: {', '.join(desk.rules.causes)}."


def _problem(incident: Incident) -> Problem:
    """What it was told as last."""
    return Problem(
        type=incident.type,
        subject=incident.subject,
        establishment=incident.establishment,
        reason=incident.reason,
        because=incident.because,
        value="",
        category=incident.category,
        severity=incident.severity,
    )
