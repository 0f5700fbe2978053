"""An incident outside of a sweep: raised and told in one transaction."""

from collections.abc import Iterable

from agent.domain.asset import Asset
from agent.domain.check import Rule
from agent.domain.incident import Incident
from agent.domain.mail import letter
from agent.domain.people import Actor
from agent.domain.policy import Policy
from agent.domain.problems import Problem
from agent.domain.routes import Place, recipients, revision_of
from agent.domain.zoom_events import ACCOUNT
from agent.store.audit import Audit
from agent.store.engine import Transaction
from agent.store.incidents import Incidents
from agent.store.people import People


def raise_and_tell(
    tx: Transaction, policy: Policy, rule: Rule, asset: Asset | None, reason: str, by: Actor
) -> Incident:
    """One open incident for each iPad and rule; once more is a revision, told again.

    Without an iPad it is one of the Zoom account.
    """
    problem = Problem(
        type=rule.name,
        subject=asset.tag if asset else ACCOUNT,
        establishment=asset.establishment if asset else "",
        reason=reason,
        because=reason.replace("-", " "),
        value="",
        category=rule.category,
        severity=rule.severity,
    )
    known = Incidents(tx).open_for(problem.type, problem.subject)
    incident = (
        Incidents(tx).worsen(known, problem) if known else Incidents(tx).raise_for(problem)
    )
    details = {"type": rule.name, "reason": reason, "revision": incident.revision}
    Audit(tx).add("INCIDENT_RAISED", "INCIDENT", incident.id, by=by, details=details)
    _tell(tx, policy, rule, asset, incident, problem)
    return incident


def clear(tx: Transaction, rule: Rule, asset: Asset, by: Actor) -> None:
    """It is over, where it was open."""
    known = Incidents(tx).open_for(rule.name, asset.tag)
    if known is not None:
        Incidents(tx).clear(known.id)
        Audit(tx).add("INCIDENT_CLEARED", "INCIDENT", known.id, by=by)


def raise_operational(tx: Transaction, policy: Policy, problem: Problem) -> Incident:
    """A problem that is no iPad's: raised and told, as the caller's own audit row says too."""
    incident = Incidents(tx).raise_for(problem)
    place = Place(code=problem.establishment, region=_region(tx, problem.establishment))
    for to in recipients(problem, place, policy.routes, revision_of(incident)):
        text = letter(incident, to, None, (), policy.phone)
        Incidents(tx).tell(incident, to, text, "", again=False)
    return incident


def over(tx: Transaction, type_: str, subject: str) -> None:
    """It is over by itself, where it was open."""
    known = Incidents(tx).open_for(type_, subject)
    if known is not None:
        Incidents(tx).clear(known.id)
        Audit(tx).add("INCIDENT_CLEARED", "INCIDENT", known.id)


def _region(tx: Transaction, code: str) -> str:
    return People(tx).region_of(code) or ""


def _tell(
    tx: Transaction,
    policy: Policy,
    rule: Rule,
    asset: Asset | None,
    incident: Incident,
    problem: Problem,
) -> None:
    code, devices = (asset.establishment, (asset.local_id,)) if asset else ("", ())
    own: Iterable[str] = People(tx).own_roles().get(code, frozenset())
    place = Place(code=code, region=_region(tx, code), own=frozenset(own))
    for to in recipients(problem, place, policy.routes, revision_of(incident)):
        text = letter(incident, to, rule, devices, policy.phone)
        Incidents(tx).tell(incident, to, text, "", again=False)
