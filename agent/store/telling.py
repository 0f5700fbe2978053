"""An incident outside of a sweep: raised and told in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

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
from agent.store.findings import Findings
from agent.store.incidents import Incidents
from agent.store.people import People
from agent.store.register import Register


@dataclass(frozen=True, slots=True)
class About:
    """What an incident is of: an iPad, a device that nobody registered, or the account."""

    subject: str
    establishment: str = ""
    devices: tuple[str, ...] = ()  # local IDs


def of_asset(asset: Asset | None) -> About:
    """Without an iPad it is of the Zoom account."""
    if asset is None:
        return About(ACCOUNT)
    return About(asset.tag, asset.establishment, (asset.local_id,))


def raise_and_tell(
    tx: Transaction,
    policy: Policy,
    rule: Rule,
    asset: Asset | None,
    reason: str,
    by: Actor,
    *,
    persists: bool = False,
) -> Incident:
    """One open incident for each iPad and rule; once more is a revision, told again.

    `persists`: the same look finds it until it is over, also where a person closed it.
    """
    return _raise(tx, policy, rule, of_asset(asset), reason, by, persists=persists)


def report_and_tell(
    tx: Transaction, policy: Policy, rule: Rule, about: About, reason: str, by: Actor
) -> tuple[Incident, bool]:
    """What somebody reports. The same once more is no news unless it is graver, or was over."""
    known = Incidents(tx).open_for(rule.name, about.subject)
    if known is not None and known.cleared_at is None and rule.severity <= known.severity:
        return known, False
    return _raise(tx, policy, rule, about, reason, by, persists=False), True


def clear(tx: Transaction, rule: Rule, asset: Asset, by: Actor) -> None:
    """It no longer stands, where it did."""
    known = Incidents(tx).last_for(rule.name, asset.tag)
    if known is not None and known.cleared_at is None:
        state = {"state": Incidents(tx).clear(known.id, by).value}
        Audit(tx).add("INCIDENT_CLEARED", "INCIDENT", known.id, by=by, details=state)


def tell_again(
    tx: Transaction, policy: Policy, rules: Mapping[str, Rule], incident: Incident
) -> None:
    """Everybody whom the routes name is told of this revision, at each place that it is of."""
    tags: dict[str, list[str]] = {incident.establishment: []}
    for one in Findings(tx).of_incident(incident.id):
        tags.setdefault(one.establishment, []).append(one.subject)
    if incident.establishment:
        tags[incident.establishment].append(incident.subject)
    for place, subjects in tags.items():
        found = (Register(tx).get(tag) for tag in dict.fromkeys(subjects))
        devices = tuple(sorted(asset.local_id for asset in found if asset is not None))
        about = About(incident.subject, place, devices)
        _tell(tx, policy, rules.get(incident.type), about, incident)


def _problem(rule: Rule, about: About, reason: str) -> Problem:
    return Problem(
        type=rule.name,
        subject=about.subject,
        establishment=about.establishment,
        reason=reason,
        because=reason.replace("-", " "),
        value="",
        category=rule.category,
        severity=rule.severity,
    )


def raise_operational(tx: Transaction, policy: Policy, problem: Problem) -> Incident:
    """A problem that is no iPad's: raised and told, as the caller's own audit row says too."""
    incident = Incidents(tx).raise_for(problem)
    _tell(tx, policy, None, About(problem.subject, problem.establishment), incident)
    return incident


def over(tx: Transaction, type_: str, subject: str) -> None:
    """It is over by itself, where it was open."""
    known = Incidents(tx).open_for(type_, subject)
    if known is not None:
        state = {"state": Incidents(tx).clear(known.id).value}
        Audit(tx).add("INCIDENT_CLEARED", "INCIDENT", known.id, details=state)


def _raise(
    tx: Transaction,
    policy: Policy,
    rule: Rule,
    about: About,
    reason: str,
    by: Actor,
    *,
    persists: bool,
) -> Incident:
    problem = _problem(rule, about, reason)
    known = Incidents(tx).open_for(rule.name, about.subject)
    if known is None:
        incident = Incidents(tx).raise_for(problem, persists=persists, by=by)
    else:
        incident = Incidents(tx).worsen(known, problem, by)
    details = {"type": rule.name, "reason": reason, "revision": incident.revision}
    Audit(tx).add("INCIDENT_RAISED", "INCIDENT", incident.id, by=by, details=details)
    _tell(tx, policy, rule, about, incident)
    return incident


def _tell(
    tx: Transaction, policy: Policy, rule: Rule | None, about: About, incident: Incident
) -> None:
    code = about.establishment
    own = People(tx).own_roles_of(code)
    place = Place(code=code, region=People(tx).region_of(code) or "", own=own)
    problem = Problem(
        type=incident.type,
        subject=incident.subject,
        establishment=code,
        reason=incident.reason,
        because=incident.because,
        value="",
        category=incident.category,
        severity=incident.severity,
    )
    for to in recipients(problem, place, policy.routes, revision_of(incident)):
        national_view = to.scope != "establishment" and not incident.establishment
        devices = () if national_view else about.devices
        text = letter(incident, to, rule, devices, policy.phone)
        Incidents(tx).tell(incident, to, text, "", again=False)
