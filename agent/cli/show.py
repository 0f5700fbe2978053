"""A sweep's summary at the terminal, for a SPOC's manager."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.cli import needs_person
from agent.cli.report_files import counts
from agent.domain.annex_e import QUESTIONS, Row
from agent.domain.check import Category, Finding, Verdict
from agent.domain.uk_time import LONDON
from agent.services.report import Report

ROLES = {
    "security": "local Security",
    "spoc": "SPOC",
    "governor": "Governor's office",
    "regional-silver": "Regional Silver",
    "infosec": "Infosec",
    "provider-management": "provider's management",
    "deputy": "deputy",
    "duty-phone": "duty phone",
    "chat": "chat",
    "siem": "SIEM",
}
MOST = 12  # rows of a table at the terminal; the report has them all


def summary(report: Report, files: Mapping[str, Path], console: Console | None = None) -> None:
    """What was checked, what failed and why, what is not known, who was told."""
    console = console or Console(highlight=False, soft_wrap=False)
    numbers = counts(report)
    began = report.sweep.started_at.astimezone(LONDON)
    console.print(
        f"[bold]{len(report.devices)} iPads of {report.establishments} establishments checked"
        f" on {began:%d %B %Y} at {began:%H:%M}[/bold]: sweep {report.sweep.state},"
        f" {numbers['seconds']} s"
    )
    calls = ", ".join(
        f"{label} {count}" for label, count in report.sweep.calls.items() if count
    )
    console.print(f"Calls to the outside: {calls or 'none'}")
    console.print(
        f"{numbers['checks']} answers: {numbers['pass']} pass, {numbers['fail']} fail,"
        f" {numbers['unknown']} not known"
    )
    for gap in report.sweep.gaps:
        console.print(f"[bold]Not read:[/bold] {escape(gap)}")
    _by_check(console, report)
    _annex_e(console, report)
    if report.person:
        settings = needs_person.counted(report.person)
        console.print(
            f"Needs a person: {settings} that only Zoom's portal shows; see the report."
        )
    _incidents(console, report)
    _told(console, report)
    for kind, path in files.items():
        console.print(f"Report ({kind}): {path}", soft_wrap=True)


def _by_check(console: Console, report: Report) -> None:
    found = [f for device in report.devices for f in device.findings] + list(report.elsewhere)
    fails = [f for f in found if f.verdict is Verdict.FAIL]
    unknown = [f for f in found if f.verdict is Verdict.UNKNOWN]
    if not found:
        console.print("Nothing failed and nothing is unknown.")
    if fails:
        _failures(console, report, fails)
    if unknown:
        _unknowns(console, unknown)


def _failures(console: Console, report: Report, fails: list[Finding]) -> None:
    table = Table(
        "What must hold", "Fails", "Annex E", "For example", title="What failed, and why"
    )
    for name, rule in report.rules.items():
        ours = sorted((f for f in fails if f.check == name), key=lambda f: f.subject)
        if ours:
            example = f"{ours[0].establishment} {ours[0].subject}: {ours[0].because}".strip()
            table.add_row(rule.says, str(len(ours)), str(rule.question), example)
    console.print(table, markup=False)


def _unknowns(console: Console, unknown: list[Finding]) -> None:
    """By reason: an iPad that is not enrolled has no answer to any check, for one reason."""
    table = Table("Why", "Answers", "iPads", "For example", title="What is not known, and why")
    reasons = Counter(f.because for f in unknown).most_common()
    for why, count in reasons[:MOST]:
        where = sorted({f"{f.establishment} {f.subject}" for f in unknown if f.because == why})
        table.add_row(why, str(count), str(len(where)), where[0].strip())
    console.print(table, markup=False)
    if len(reasons) > MOST:
        console.print(f"and {len(reasons) - MOST} more reasons in the report")


def _annex_e(console: Console, report: Report) -> None:
    table = Table(
        "Annex E", *(row.value for row in Row), title="The machine's half, iPads by row"
    )
    for question, stands in report.annex_e().items():
        cells = {row: str(stands[row]) if stands[row] else "-" for row in Row}
        if asked := report.asked_of_a_person(question):
            cells[Row.PERSON] = needs_person.counted(asked)
        table.add_row(f"{question} {QUESTIONS[question]}", *cells.values())
    console.print(table)


def _incidents(console: Console, report: Report) -> None:
    new = report.new_incidents
    console.print(f"Incidents: {len(new)} new, {len(report.incidents)} open in all")
    if not new:
        return
    table = Table(
        "Incident", "Severity", "Where", "What", title="New incidents, the gravest first"
    )
    ranked = sorted(new, key=lambda i: (-i.severity, i.category is not Category.LOSS, i.id))
    for incident in ranked[:MOST]:
        where = f"{incident.establishment} {incident.subject}".strip()
        if incident.subject.startswith("platform/"):
            where = incident.because
        what = incident.reason.replace("-", " ")
        table.add_row(incident.id, incident.severity.name, where, what)
    console.print(table, markup=False)
    if len(new) > MOST:
        console.print(f"and {len(new) - MOST} more in the report")


def _told(console: Console, report: Report) -> None:
    for told in report.told:
        waiting = f", {told.waiting} still waiting" if told.waiting else ""
        inboxes = "1 inbox" if told.inboxes == 1 else f"{told.inboxes} inboxes"
        mails = "1 mail" if told.accepted == 1 else f"{told.accepted} mails"
        console.print(f"Told: {ROLES[told.role]}, {mails} to {inboxes}{waiting}")
    if not report.told:
        console.print("Nobody had to be told anything new.")
    for why, count in report.waiting:
        letters = "1 letter waits" if count == 1 else f"{count} letters wait"
        console.print(f"[bold]Not yet told:[/bold] {letters}: {escape(why)}")
