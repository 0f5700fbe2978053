"""Does the written authorisation of a place fit its iPads (Annex C)?

Looked at where calls are made: at each place with a letter, or that ever asked for a call.
"""

from collections.abc import Iterable
from datetime import date

from agent.domain.asset import Asset
from agent.domain.authorisation import Authorisation, differences, review_passed
from agent.domain.check import Category, Finding, Rule, Severity, Verdict

LETTER = "authorisation/"  # what the subject of such a finding begins with

on_file = Rule(
    name="authorisation.on-file",
    says="a written authorisation under s.40E is on file",
    requirement="C1",
    question=7,
    category=Category.UPKEEP,
    severity=Severity.MEDIUM,
    remedy="Record the signed letter: callsteward authorisation record. Without it no call"
    " can be made.",
)
fits = Rule(
    name="authorisation.fits",
    says="the authorisation lists the iPads of the register and no others",
    requirement="C2",
    question=7,
    category=Category.UPKEEP,
    severity=Severity.MEDIUM,
    remedy="See the differences with: callsteward authorisation list. Have a new letter signed"
    " and record it, or correct the register.",
)
reviewed = Rule(
    name="authorisation.reviewed",
    says="the authorisation's review date has not passed",
    requirement="C4",
    question=7,
    category=Category.UPKEEP,
    severity=Severity.MEDIUM,
    remedy="Have the authorisation looked at again, and record the letter that comes of it.",
)
LETTER_RULES = (on_file, fits, reviewed)


def of_the_letter(
    code: str, found: Authorisation | None, assets: Iterable[Asset], today: date
) -> list[Finding]:
    """One place's letter in force. Where there is none, nothing else can be said of it."""
    if found is None:
        because = "no letter is on file"
        return [_finding(code, on_file, Verdict.FAIL, "authorisation-missing", because)]
    other = "; ".join(differences(found, assets))
    late = review_passed(found, today)
    return [
        _finding(code, on_file, Verdict.PASS, "", found.id),
        _finding(code, fits, Verdict.FAIL, "letter-differs", other)
        if other
        else _finding(code, fits, Verdict.PASS, "", found.id),
        _finding(code, reviewed, Verdict.FAIL, "review-passed", late)
        if late
        else _finding(code, reviewed, Verdict.PASS, "", found.id),
    ]


def _finding(code: str, rule: Rule, verdict: Verdict, reason: str, because: str) -> Finding:
    value = because if reason else ""
    return Finding(
        f"{LETTER}{code}", code, rule.name, verdict, reason, because, value, rule.severity
    )
