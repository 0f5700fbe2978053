"""What a sweep found: counts, iPads, incidents, who was told."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.annex_e import QUESTIONS, Row, rows
from agent.domain.asset import Asset
from agent.domain.check import Finding, Rule, Verdict
from agent.domain.checks.zoom.account import zoom_account
from agent.domain.incident import Incident
from agent.domain.zoom_baseline import PersonLine
from agent.errors import BadInput
from agent.store.engine import Store
from agent.store.findings import Findings
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.register import Register
from agent.store.sweeps import Sweep, Sweeps


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One iPad: the machine's half of its eight Annex E rows, and what is not well."""

    asset: Asset
    annex_e: dict[int, Row]
    findings: tuple[Finding, ...]  # FAIL and UNKNOWN only


@dataclass(frozen=True, slots=True)
class Told:
    """How many letters went to one kind of inbox."""

    role: str
    inboxes: int
    accepted: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Report:
    """All of one sweep. Times are UTC."""

    sweep: Sweep
    counts: dict[Verdict, int]
    establishments: int
    devices: tuple[DeviceReport, ...]
    elsewhere: tuple[Finding, ...]  # of no iPad on the register
    incidents: tuple[Incident, ...]  # all that are open
    told: tuple[Told, ...]
    rules: Mapping[str, Rule]  # by name, in the order of a report
    waiting: tuple[
        tuple[str, int], ...
    ]  # why letters wait, whatever sweep wrote them: how many
    person: tuple[PersonLine, ...] = ()  # what a person must look at; none without Zoom

    @property
    def seconds(self) -> float:
        ended = self.sweep.ended_at or self.sweep.started_at
        return (ended - self.sweep.started_at).total_seconds()

    @property
    def new_incidents(self) -> tuple[Incident, ...]:
        return tuple(i for i in self.incidents if i.opened_at >= self.sweep.started_at)

    def annex_e(self) -> dict[int, Counter[Row]]:
        """For each question, how many iPads stand how."""
        return {q: Counter(device.annex_e[q] for device in self.devices) for q in QUESTIONS}

    def asked_of_a_person(self, question: int) -> tuple[PersonLine, ...]:
        """What belongs to this question, on all iPads alike, and no machine can see."""
        return tuple(line for line in self.person if line.question == question)


def last_sweep(store: Store) -> str:
    """The id of the sweep that ended last. Raises BadInput if none did."""
    with store.read() as tx:
        found = Sweeps(tx).last()
    if found is None:
        raise BadInput("no sweep has ended yet", "Run: callsteward sweep")
    return found


def report(
    store: Store,
    sweep_id: str,
    rules: Mapping[str, Rule],
    person: Sequence[PersonLine] = (),
) -> Report:
    """What this sweep found. Raises BadInput if there is no such sweep.

    `person` is what the Zoom baseline asks of a person; it is part of the report where Zoom
    was part of the sweep.
    """
    with store.read() as tx:
        sweep = Sweeps(tx).get(sweep_id)
        if sweep is None:
            raise BadInput(f"there is no sweep {sweep_id}")
        assets = Register(tx).all()
        verdicts = Sweeps(tx).verdicts(sweep_id)
        counts = Sweeps(tx).counts(sweep_id)
        incidents = Incidents(tx).open()
        concerned = Counter(f.subject for f in Findings(tx).open())
        told = Incidents(tx).told(sweep.started_at)
        owed = Ledger(tx).open("mail")
    with_zoom = any(finding.check == zoom_account.name for finding in verdicts)
    tags = {asset.tag for asset in assets}
    by_subject: dict[str, list[Finding]] = defaultdict(list)
    for finding in verdicts:
        by_subject[finding.subject].append(finding)
    return Report(
        sweep=sweep,
        counts=counts,
        establishments=len({asset.establishment for asset in assets}),
        devices=tuple(_device(a, by_subject[a.tag], concerned[a.tag], rules) for a in assets),
        elsewhere=tuple(f for f in verdicts if f.subject not in tags and _not_well(f)),
        incidents=tuple(incidents),
        told=_told(told),
        rules=rules,
        waiting=tuple(Counter(one.error or "not tried yet" for one in owed).most_common()),
        person=tuple(person) if with_zoom else (),
    )


def _device(
    asset: Asset, findings: list[Finding], open_incidents: int, rules: Mapping[str, Rule]
) -> DeviceReport:
    order = {name: number for number, name in enumerate(rules)}
    bad = sorted(filter(_not_well, findings), key=lambda f: (f.verdict.value, order[f.check]))
    return DeviceReport(asset, rows(findings, rules, open_incidents), tuple(bad))


def _not_well(finding: Finding) -> bool:
    return finding.verdict is not Verdict.PASS


def _told(letters: list[tuple[str, str, datetime | None]]) -> tuple[Told, ...]:
    by_role: dict[str, list[tuple[str, datetime | None]]] = defaultdict(list)
    for role, code, accepted_at in letters:
        by_role[role].append((code, accepted_at))
    return tuple(
        Told(
            role,
            len({code for code, _ in those}),
            sum(accepted is not None for _, accepted in those),
            sum(accepted is None for _, accepted in those),
        )
        for role, those in sorted(by_role.items())
    )
