"""What of a sweep's findings people must hear of, and what of it is one cause."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from agent.domain.check import Category, Finding, Rule, Severity, Verdict
from agent.domain.checks.letter import LETTER

NOT_KNOWN = "evidence.missing"
SWEEP_PARTIAL = "sweep.partial"

EXPLAINED_BY = {
    "not-enrolled": "device.enrolled",
    "several-records": "device.one-record",
    "stale": "device.checked-in",
}
"""Why a check has no answer -> the check whose failure says so already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that somebody must act on. Its `type` and `subject` make it one incident."""

    type: str
    subject: str
    establishment: str
    reason: str
    because: str
    value: str
    category: Category
    severity: Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """When many equal problems are one (DESIGN 8): the scheme's routes.toml has the numbers."""

    same_value: int
    share: float
    at_least: int


def problems(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> list[Problem]:
    """Each failure, and for each iPad the answers that are missing and not explained.

    What the sweep itself could not read is one problem of its own: see `partial`.
    """
    found: list[Problem] = []
    missing: dict[str, list[Finding]] = defaultdict(list)
    failed: set[tuple[str, str]] = set()
    for finding in findings:
        if finding.verdict is Verdict.FAIL:
            failed.add((finding.subject, finding.check))
            found.append(_failure(finding, rules[finding.check].category))
        elif finding.verdict is Verdict.UNKNOWN and finding.reason != "not-read":
            missing[finding.subject].append(finding)
    for gaps in missing.values():
        open_gaps = [g for g in gaps if (g.subject, EXPLAINED_BY.get(g.reason)) not in failed]
        if open_gaps:
            found.append(_gap(open_gaps))
    return found


def _failure(finding: Finding, category: Category) -> Problem:
    return Problem(
        type=finding.check,
        subject=finding.subject,
        establishment=finding.establishment,
        reason=finding.reason,
        because=finding.because,
        value=finding.value,
        category=category,
        severity=finding.severity,
    )


def _gap(gaps: list[Finding]) -> Problem:
    checks = ", ".join(sorted(gap.check for gap in gaps))
    reasons = sorted({gap.reason for gap in gaps})
    return Problem(
        type=NOT_KNOWN,
        subject=gaps[0].subject,
        establishment=gaps[0].establishment,
        reason="not-known",
        because=f"none for {checks} ({', '.join(reasons)})",
        value=" ".join(reasons) + f": {checks}",
        category=Category.UPKEEP if gaps[0].establishment else Category.OPERATIONAL,
        severity=Severity.MEDIUM,
    )


def partial(gaps: tuple[str, ...]) -> Problem:
    """One operational problem for all that a sweep could not read."""
    return Problem(
        type=SWEEP_PARTIAL,
        subject="sweep",
        establishment="",
        reason="not-read",
        because="; ".join(gaps),
        value="",
        category=Category.OPERATIONAL,
        severity=Severity.HIGH,
    )


def platforms(found: Iterable[Problem], estate: int, limits: Limits) -> dict[str, Problem]:
    """The causes that many iPads share, by the key that `cause` gives.

    A check that fails on `same_value` iPads with the same value, or on more than `share` of
    the estate (and `at_least` so many), is one problem of the platform.
    """
    same: dict[str, list[Problem]] = defaultdict(list)
    by_type: dict[str, list[Problem]] = defaultdict(list)
    for problem in found:
        same[cause(problem)].append(problem)
        by_type[problem.type].append(problem)
    many: dict[str, Problem] = {}
    for key, group in same.items():
        if len(group) >= limits.same_value:
            many[key] = _platform(key, group)
    for name, group in by_type.items():
        if len(group) >= limits.at_least and len(group) > limits.share * estate:
            many[name] = _platform(name, group)
    return many


def cause(problem: Problem) -> str:
    """What equal problems share: type, reason and value, short enough for a key."""
    value = sha256(problem.value.encode()).hexdigest()[:8]
    return f"{problem.type}/{problem.reason}/{value}"


def platform_of(problem: Problem, many: Mapping[str, Problem]) -> Problem | None:
    """The platform's problem that this one belongs to, if it does."""
    return many.get(problem.type) or many.get(cause(problem))


def _how_many(group: list[Problem], places: Collection[str]) -> str:
    if group[0].subject.startswith(LETTER):
        return f"{len(places)} establishments"
    return f"{len(group)} iPads of {len(places) or 'no'} establishments"


def _platform(key: str, group: list[Problem]) -> Problem:
    places = {problem.establishment for problem in group if problem.establishment}
    reasons = {problem.reason for problem in group}
    return replace(
        group[0],
        subject=f"platform/{key}",
        establishment="",
        reason=group[0].reason if len(reasons) == 1 else "several-reasons",
        because=_how_many(group, places),
        severity=max(problem.severity for problem in group),
    )
