"""What one establishment's verdicts change: findings, incidents, letters, audit. One commit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from agent.domain.check import Finding, Rule, Verdict
from agent.domain.checks.letter import LETTER
from agent.domain.checks.listed import listed
from agent.domain.incident import Incident, State
from agent.domain.mail import letter
from agent.domain.problems import NOT_KNOWN, SWEEP_PARTIAL, Problem, platform_of
from agent.domain.routes import Place, Route, recipients, revision_of
from agent.store.audit import Audit
from agent.store.engine import Transaction
from agent.store.findings import Findings, Open
from agent.store.incidents import Incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Writes one place's part of a sweep."""

    tx: Transaction
    sweep: str
    rules: Mapping[str, Rule]
    routes: tuple[Route, ...]
    phone: str
    platforms: Mapping[str, Problem]
    list_complete: bool
    local_ids: Mapping[str, str]  # by asset tag

    def write(
        self, place: Place, findings: Iterable[Finding], problems: Iterable[Problem]
    ) -> None:
        """New, still, cleared: what stood before against what is wrong tonight."""
        wrong = {(problem.subject, problem.type): problem for problem in problems}
        seen = {(finding.subject, finding.check): finding for finding in findings}
        standing = {(row.subject, row.type): row for row in self._standing(place, seen)}
        for key, problem in wrong.items():
            if key in standing:
                self._still(place, standing[key], problem, wrong.values())
            else:
                self._new(place, problem, wrong.values())
        for key, row in standing.items():
            if key in wrong:
                continue
            if self._is_over(row, seen):
                self._clear(row)
            elif row.establishment != place.code:
                self._moved(place, row, wrong.values())
        counts = {kind.value: sum(f.verdict is kind for f in seen.values()) for kind in Verdict}
        subject = place.code or "national"
        what = {"verdicts": counts, "problems": len(wrong)}
        audit = Audit(self.tx)
        audit.add("SWEPT", "ESTABLISHMENT", subject, because=self.sweep, details=what)

    def _standing(self, place: Place, seen: Mapping[tuple[str, str], Finding]) -> list[Open]:
        if place.code:
            return Findings(self.tx).open({subject for subject, _ in seen})
        return [row for row in Findings(self.tx).open() if not row.establishment]

    def _new(self, place: Place, problem: Problem, beside: Iterable[Problem]) -> None:
        shared = platform_of(problem, self.platforms)
        same = [p for p in beside if p is problem or (shared and self._shares(p, shared))]
        incident = self._as_grave(
            Incidents(self.tx).raise_for(shared or problem), shared or problem
        )
        Findings(self.tx).add(self.sweep, problem, incident.id)
        self._audit("FINDING_OPENED", problem.subject, problem.type, incident, problem.reason)
        self._tell(place, incident, problem, [p.subject for p in same], joins=True)

    def _still(
        self, place: Place, row: Open, problem: Problem, beside: Iterable[Problem]
    ) -> None:
        incident = Incidents(self.tx).get(row.incident)
        moved = problem.establishment != row.establishment
        if moved or row.worse_in(problem):
            what = "FINDING_MOVED" if moved else "FINDING_WORSE"
            self._audit(what, row.subject, row.type, incident, problem.reason)
        if incident.subject != problem.subject:
            self._still_shared(place, incident, problem, beside, joins=moved)
        elif incident.state is State.CLOSED or moved or row.worse_in(problem):
            again = Incidents(self.tx).raise_again(incident, problem)
            self._tell(place, again, problem, [row.subject])
        Findings(self.tx).still(self.sweep, row.id, problem)

    def _moved(self, place: Place, row: Open, beside: Iterable[Problem]) -> None:
        """Its iPad is at this place now, and tonight does not say whether it is well."""
        problem = row.at(place.code, Incidents(self.tx).get(row.incident).category)
        self._still(place, row, problem, [*beside, problem])

    def _still_shared(
        self,
        place: Place,
        incident: Incident,
        problem: Problem,
        beside: Iterable[Problem],
        *,
        joins: bool,
    ) -> None:
        """One of many: its place is told of each revision, whoever of them made it graver."""
        shared = platform_of(problem, self.platforms)
        now = shared or problem
        if now.subject != incident.subject:
            now = replace(now, because=incident.because, establishment="")
        incident = self._as_grave(incident, now)
        same = [
            p.subject for p in beside if p is problem or (shared and self._shares(p, shared))
        ]
        self._tell(place, incident, problem, same, joins=joins)

    def _as_grave(self, incident: Incident, now: Problem) -> Incident:
        """A cause of many is as grave as the gravest of them: its next revision, if it grew."""
        if now.severity <= incident.severity and incident.state is not State.CLOSED:
            return incident
        closed = incident.state is State.CLOSED
        incident = Incidents(self.tx).raise_again(incident, now)
        if not closed:
            what = "INCIDENT_WORSE"
            self._audit(what, incident.subject, incident.type, incident, now.reason)
        return incident

    def _is_over(self, row: Open, seen: Mapping[tuple[str, str], Finding]) -> bool:
        """Only what was seen to be well is over; not knowing ends nothing."""
        if row.type == SWEEP_PARTIAL:
            return True
        if row.type == listed.name:
            return self.list_complete
        if row.type == NOT_KNOWN:
            return not any(
                f.reason == "not-read" for (s, _), f in seen.items() if s == row.subject
            )
        finding = seen.get((row.subject, row.type))
        return finding is not None and finding.verdict is Verdict.PASS

    def _clear(self, row: Open) -> None:
        Findings(self.tx).clear(row.id)
        incident = Incidents(self.tx).get(row.incident)
        self._audit("FINDING_CLEARED", row.subject, row.type, incident, row.reason)
        if Findings(self.tx).left_of(incident.id) == 0:
            state = {"state": Incidents(self.tx).clear(incident.id).value}
            audit = Audit(self.tx)
            audit.add(
                "INCIDENT_CLEARED", "INCIDENT", incident.id, because=self.sweep, details=state
            )

    def _shares(self, problem: Problem, shared: Problem) -> bool:
        return platform_of(problem, self.platforms) is shared

    def _tell(
        self,
        place: Place,
        incident: Incident,
        problem: Problem,
        subjects: Iterable[str],
        *,
        joins: bool = False,
    ) -> None:
        """Everybody whom the routes name. The country's inboxes get no list of one place.

        `joins`: an iPad that its place and region were not told of yet, also where they were
        told of the same cause on an earlier night.
        """
        rule = self.rules.get(incident.type)
        local_ids = sorted(self.local_ids[tag] for tag in subjects if tag in self.local_ids)
        for to in recipients(problem, place, self.routes, revision_of(incident)):
            national_view = to.scope != "establishment" and not incident.establishment
            devices = () if national_view else local_ids
            again = joins and to.scope != "national"
            again = again and Incidents(self.tx).told_before(incident, to, self.sweep)
            occasion = self.sweep if again else ""
            text = letter(incident, to, rule, devices, self.phone, occasion)
            Incidents(self.tx).tell(incident, to, text, self.sweep, again=again)

    def _audit(
        self, what: str, subject: str, type_: str, incident: Incident, reason: str
    ) -> None:
        details = {"type": type_, "reason": reason, "incident": incident.id}
        kind = "ASSET" if "/" not in subject else "DEVICE"
        kind = "AUTHORISATION" if subject.startswith(LETTER) else kind
        Audit(self.tx).add(what, kind, subject, because=self.sweep, details=details)
