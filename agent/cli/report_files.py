"""The report of a sweep as files: HTML for people, JSON for programs."""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from agent.cli import needs_person
from agent.domain.annex_e import QUESTIONS
from agent.domain.check import Finding, Rule, Verdict
from agent.domain.checks.tenant import TENANT
from agent.domain.mail import IPAD_IS_SILENT, MDM_IS_SILENT
from agent.domain.uk_time import LONDON
from agent.services.report import DeviceReport, Report

STYLE = """
body { font: 16px/1.5 Arial, sans-serif; color: #0b0c0c; max-width: 72rem; margin: 2rem auto;
  padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
caption { font-weight: bold; text-align: left; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid #b1b4b6 }
tbody tr:nth-child(even) { background: #f8f8f8 }
.fail { font-weight: bold; color: #942514 } .unknown { font-weight: bold; color: #5a4100 }
@media print { body { font-size: 11px } }
"""

WHERE = ("Establishment", "iPad", "Asset tag", "What must hold")
Rules = Mapping[str, Rule]
Line = tuple[str, str, str, Finding]  # establishment, local ID, subject


def write(report: Report, folder: Path) -> Mapping[str, Path]:
    """Both files, each written whole or not at all."""
    folder = folder / report.sweep.id
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"html": page(report), "json": json.dumps(plain(report), indent=2) + "\n"}
    files = {}
    for kind, text in texts.items():
        files[kind] = folder / f"report.{kind}"
        draft = files[kind].with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(files[kind])
    return files


def counts(report: Report) -> dict[str, object]:
    """The sweep in plain numbers."""
    return {
        "state": report.sweep.state,
        "checks": sum(report.counts.values()),
        "pass": report.counts[Verdict.PASS],
        "fail": report.counts[Verdict.FAIL],
        "unknown": report.counts[Verdict.UNKNOWN],
        "api_calls": report.sweep.api_calls,
        "seconds": round(report.seconds, 3),
    }


def plain(report: Report) -> dict[str, object]:
    """Everything, for programs."""
    return {
        "sweep": {
            "id": report.sweep.id,
            **counts(report),
            "gaps": list(report.sweep.gaps),
            "calls": dict(report.sweep.calls),
        },
        "establishments": report.establishments,
        "devices": [_device(device, report.rules) for device in report.devices],
        "elsewhere": [_finding(finding, report.rules) for finding in report.elsewhere],
        "needs_a_person": [needs_person.plain(line) for line in report.person],
        "incidents": [
            {
                "id": i.id,
                "severity": i.severity.name,
                "category": i.category.value,
                "type": i.type,
                "subject": i.subject,
                "establishment": i.establishment,
                "opened_at": i.opened_at.isoformat(),
                "new": i.opened_at >= report.sweep.started_at,
            }
            for i in report.incidents
        ],
        "told": [
            {"role": t.role, "inboxes": t.inboxes, "accepted": t.accepted, "waiting": t.waiting}
            for t in report.told
        ],
    }


def _device(device: DeviceReport, rules: Rules) -> dict[str, object]:
    return {
        "tag": device.asset.tag,
        "local_id": device.asset.local_id,
        "establishment": device.asset.establishment,
        "annex_e": {str(question): row.value for question, row in device.annex_e.items()},
        "findings": [_finding(finding, rules) for finding in device.findings],
    }


def _finding(finding: Finding, rules: Rules) -> dict[str, object]:
    return {
        "subject": finding.subject,
        "check": finding.check,
        "verdict": finding.verdict.value,
        "reason": finding.reason,
        "because": finding.because,
        "remedy": _remedy(finding, rules),
    }


def page(report: Report) -> str:
    """A page that stands alone and prints."""
    began = report.sweep.started_at.astimezone(LONDON)
    numbers = counts(report)
    lines = [
        "<!doctype html>",
        '<html lang="en-GB"><head><meta charset="utf-8">',
        f"<title>Sweep of {began:%d %B %Y}</title><style>{STYLE}</style></head><body>",
        f"<h1>Every iPad, {began:%d %B %Y}, {began:%H:%M}</h1>",
        f"<p>{len(report.devices)} iPads of {report.establishments} establishments."
        f" {numbers['checks']} answers: {numbers['pass']} pass, {numbers['fail']} fail,"
        f" {numbers['unknown']} not known. The sweep is {report.sweep.state}.</p>",
        *(f"<p><strong>Not read:</strong> {escape(gap)}</p>" for gap in report.sweep.gaps),
        *_not_well(report),
        *_person(report),
        *_annex_e(report),
    ]
    return "\n".join([*lines, "</body></html>", ""])


def _not_well(report: Report) -> list[str]:
    lines: list[Line] = [
        (device.asset.establishment, device.asset.local_id, device.asset.tag, finding)
        for device in report.devices
        for finding in device.findings
    ]
    lines += [("", "", finding.subject, finding) for finding in report.elsewhere]
    fails = [line for line in lines if line[-1].verdict is Verdict.FAIL]
    unknown = [line for line in lines if line[-1].verdict is Verdict.UNKNOWN]
    if not lines:
        return ["<p>Nothing failed and nothing is unknown.</p>"]
    return [*_failures(fails, report.rules), *_unknowns(unknown, report.rules)]


def _failures(lines: list[Line], rules: Rules) -> list[str]:
    rows = [
        _cells(*where, rules[f.check].says, f.because, _remedy(f, rules)) for *where, f in lines
    ]
    return _table(f"What failed: {len(rows)}", (*WHERE, "Why", "What to do"), rows)


def _unknowns(lines: list[Line], rules: Rules) -> list[str]:
    """One row for each iPad and reason: an iPad that is not enrolled has no answer at all."""
    says: dict[tuple[str, str, str, str], list[str]] = {}
    for place, local_id, subject, f in lines:
        says.setdefault((place, local_id, subject, f.because), []).append(rules[f.check].says)
    rows = [_cells(*where, "; ".join(texts), why) for (*where, why), texts in says.items()]
    caption = f"What is not known: {len(lines)} answers. {IPAD_IS_SILENT}"
    return _table(caption, (*WHERE, "Why"), rows) if rows else []


def _person(report: Report) -> list[str]:
    """Neither a pass nor a failure: what only Zoom's portal shows."""
    rows = [_cells(*needs_person.cells(line)) for line in report.person]
    caption = f"What needs a person, once after each change of Zoom's account: {len(rows)}"
    return _table(caption, needs_person.HEADS, rows) if rows else []


def _cells(*texts: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in texts)}</tr>"


def _remedy(finding: Finding, rules: Rules) -> str:
    """A check's remedy is for when it fails; where nobody knows, find out first."""
    if finding.verdict is Verdict.FAIL:
        return rules[finding.check].remedy
    return MDM_IS_SILENT if finding.subject == TENANT else IPAD_IS_SILENT


def _annex_e(report: Report) -> list[str]:
    cells = []
    for device in report.devices:
        answers = "".join(f"<td>{_word(row.value)}</td>" for row in device.annex_e.values())
        cells.append(f"<tr><th scope=row>{escape(device.asset.local_id)}</th>{answers}</tr>")
    if report.person:
        asked = (needs_person.named(report.asked_of_a_person(q)) for q in QUESTIONS)
        answers = "".join(f"<td>{escape(text)}</td>" for text in asked)
        cells.append(f"<tr><th scope=row>Every iPad</th>{answers}</tr>")
    heads = ("iPad", *(f"{number}. {text}" for number, text in QUESTIONS.items()))
    caption = "Annex E, the machine's half of each question; staff answer the other half"
    return _table(caption, heads, cells)


def _table(caption: str, heads: tuple[str, ...], rows: list[str]) -> list[str]:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    opening = (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>"
    )
    return [opening, *rows, "</tbody></table>"]


def _word(text: str) -> str:
    kind = {"fail": "fail", "unknown": "unknown"}.get(text.lower(), "")
    return f'<span class="{kind}">{escape(text)}</span>' if kind else escape(text)
