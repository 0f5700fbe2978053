"""The eight questions of Annex E, as far as a machine can answer them (X1-X8)."""

from collections.abc import Iterable, Mapping
from enum import Enum

from agent.domain.check import Finding, Rule, Verdict

QUESTIONS = {
    1: "Physical condition of equipment acceptable",
    2: "No unauthorised devices connected",
    3: "No screws missing from cases",
    4: "All cables in place",
    5: "No user password compromises",
    6: "No IT failures",
    7: "No equipment replaced",
    8: "No incidents had to be reported",
}
PEOPLE_ONLY = (1, 3, 4)


class Row(Enum):
    """How the machine's half of one question stands. Staff answer the other half."""

    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    PERSON = "needs a person"


def rows(
    findings: Iterable[Finding], rules: Mapping[str, Rule], open_incidents: int
) -> dict[int, Row]:
    """The eight rows of one iPad: the worst of the checks that answer each question.

    Question 8 is answered by the incidents that are open for this iPad; that there is none
    counts only where every check had an answer.
    """
    findings = tuple(findings)
    verdicts: dict[int, set[Verdict]] = {}
    for finding in findings:
        verdicts.setdefault(rules[finding.check].question, set()).add(finding.verdict)
    answers = {number: _worst(verdicts.get(number, set())) for number in QUESTIONS}
    unknown = not findings or any(f.verdict is Verdict.UNKNOWN for f in findings)
    answers[8] = Row.UNKNOWN if unknown else Row.PASS
    if open_incidents:
        answers[8] = Row.FAIL
    return answers


def _worst(verdicts: set[Verdict]) -> Row:
    if Verdict.FAIL in verdicts:
        return Row.FAIL
    if Verdict.UNKNOWN in verdicts:
        return Row.UNKNOWN
    return Row.PASS if verdicts else Row.PERSON
