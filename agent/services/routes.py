"""Who is told of an incident, and why; and letters by which people try it out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.domain.fallback import Reached
from agent.domain.people import Actor
from agent.domain.policy import Policy
from agent.domain.problems import Problem
from agent.domain.route_trial import WORD, trial_id, trial_letter
from agent.domain.routes import (
    PLACES,
    Place,
    Recipient,
    Revision,
    Route,
    happening,
    recipients,
    revision_of,
)
from agent.domain.scheme import Scheme
from agent.domain.uk_time import uk_day
from agent.errors import BadInput
from agent.services.people import must_work_here
from agent.store.addressees import reach
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.findings import Findings
from agent.store.incidents import Incidents
from agent.store.letters import Letters, Sent
from agent.store.people import People


@dataclass(frozen=True, slots=True)
class Followed:
    """A route, and why it does not apply; None: it does."""

    route: Route
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Who would be told, and where that really goes; None: nowhere."""

    to: Recipient
    reached: Reached | None


@dataclass(frozen=True, slots=True)
class Explained:
    """`letters` is what was written already; nothing where it is thought up."""

    problem: Problem
    revision: Revision
    routes: tuple[Followed, ...]
    told: tuple[Told, ...]
    letters: tuple[Sent, ...]


def explain(
    store: Store, policy: Policy, incident_id: str, *, texts: bool = False
) -> Explained:
    """As its last revision is, at the places where it stands. Raises BadInput."""
    with store.read() as tx:
        incident = Incidents(tx).find(incident_id)
        if incident is None:
            raise BadInput(f"there is no incident {incident_id}", "Write it as INC-2026-00042.")
        problem = Problem(
            type=incident.type,
            subject=incident.subject,
            establishment=incident.establishment,
            reason=incident.reason,
            because=incident.because,
            value="",
            category=incident.category,
            severity=incident.severity,
        )
        revision = revision_of(incident)
        standing = Findings(tx).of_incident(incident.id) if revision.shared else []
        parts = [one.at(one.establishment, incident.category) for one in standing]
        routes, told = _explained(tx, policy, parts or [problem], revision, texts=texts)
        letters = Letters(tx).of_incident(incident.id)
    return Explained(problem, revision, routes, told, tuple(letters))


def imagine(
    store: Store,
    policy: Policy,
    problem: Problem,
    revision: Revision,
    *,
    texts: bool = False,
) -> Explained:
    """Who would be told if this happened. Nothing is written."""
    with store.read() as tx:
        routes, told = _explained(tx, policy, [problem], revision, texts=texts)
    return Explained(problem, revision, routes, told, ())


def owe_trial(
    store: Store, scheme: Scheme, names: Sequence[str], by: Actor
) -> tuple[str, list[str]]:
    """A test letter to each of these: its id, and the keys. Raises BadInput."""
    with store.begin() as tx:
        must_work_here(tx, by)
        chosen = {_chosen(tx, scheme, name) for name in names}
        year = uk_day(tx.now).year
        trial = trial_id(year, Letters(tx).begun_with(f"{WORD}{year}-") + 1)
        keys = [Letters(tx).owe(trial, to, trial_letter(trial, to)) for to in sorted(chosen)]
        details = {"to": [str(to) for to in sorted(chosen)]}
        Audit(tx).add("TEST_LETTERS_OWED", "LETTER", trial, by=by, details=details)
    return trial, keys


def sent(store: Store, keys: Sequence[str]) -> list[Sent]:
    """How these letters stand."""
    with store.read() as tx:
        return Letters(tx).sent(list(keys))


def place_of(tx: Transaction, code: str) -> Place:
    """An establishment as contacts.csv has it; an empty code is none."""
    own = People(tx).own_roles_of(code)
    return Place(code=code, region=People(tx).region_of(code) or "", own=own)


def _explained(
    tx: Transaction,
    policy: Policy,
    parts: Iterable[Problem],
    revision: Revision,
    *,
    texts: bool,
) -> tuple[tuple[Followed, ...], tuple[Told, ...]]:
    """A route applies where it does for one of the parts: many iPads may share a cause."""
    seen = [(part, place_of(tx, part.establishment)) for part in parts]
    told = {
        to for part, place in seen for to in recipients(part, place, policy.routes, revision)
    }
    reached = {to: reach(People(tx), to, policy.fallback, texts=texts) for to in sorted(told)}
    return (
        tuple(_followed(route, seen, revision) for route in policy.routes),
        tuple(Told(to, found) for to, found in reached.items()),
    )


def _followed(
    route: Route, seen: Iterable[tuple[Problem, Place]], revision: Revision
) -> Followed:
    why = [route.when.why_not(happening(part, place, revision)) for part, place in seen]
    return Followed(route, None if None in why else why[0])


def _chosen(tx: Transaction, scheme: Scheme, name: str) -> Recipient:
    """ROLE, or ROLE.PLACE: local-security.MDI, regional-silver.MDI, infosec."""
    role, _, where = name.partition(".")
    if role not in PLACES:
        raise BadInput(f"nobody is called {role}", f"Name one of: {', '.join(PLACES)}.")
    inbox = _place(tx, scheme, where).inbox(*PLACES[role])
    if inbox is None:
        raise BadInput(
            f"{role} is of a place, and none is named that we know",
            f"Add its establishment's code or its region: {role}.MDI",
        )
    return inbox


def _place(tx: Transaction, scheme: Scheme, where: str) -> Place:
    if where in scheme.establishments:
        return place_of(tx, where)
    if where and where not in People(tx).regions().values():
        raise BadInput(
            f"{where} is no establishment and no region that contacts.csv names",
            "Write its three letters, or its region as contacts.csv has it.",
        )
    return Place(region=where)
