"""The sandbox's truth against what a sweep found."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.domain.check import Finding, Verdict

Key = tuple[str, str]  # subject, check
Answer = tuple[str, str]  # verdict, reason


@dataclass(frozen=True, slots=True)
class Score:
    """`missed` and `unexpected` name what they are, for people.

    A fault is found when every check that it touches got the true verdict for the true
    reason; where another fault hides it, the truth is UNKNOWN and says why.
    """

    planted: int
    found: int
    missed: tuple[str, ...]
    unexpected: tuple[str, ...]
    hidden: int  # answers that the sandbox hid
    pass_on_unknown: int
    by_fault: Mapping[str, int]
    pairs: int  # devices with two faults


def score(truth: Mapping[str, Any], findings: Iterable[Finding]) -> Score:
    """Compare each (device, check, verdict, reason), nothing else."""
    told = {(f.subject, f.check): (f.verdict.value, f.reason) for f in findings}
    true = {
        (row["subject"], row["check"]): (row["verdict"], row["reason"]) for row in truth["rows"]
    }
    wrong = [
        row
        for row in truth["rows"]
        if told.get((row["subject"], row["check"])) != (row["verdict"], row["reason"])
    ]
    missed = [fault for fault in truth["faults"] if any(_brings(fault, row) for row in wrong)]
    unexpected = {
        key: answer
        for key, answer in told.items()
        if answer[0] != Verdict.PASS.value and true.get(key) != answer
    }
    unknown = [key for key, answer in true.items() if answer[0] == Verdict.UNKNOWN.value]
    return Score(
        planted=len(truth["faults"]),
        found=len(truth["faults"]) - len(missed),
        missed=tuple(f"missed: {fault['name']} on {fault['subject']}" for fault in missed),
        unexpected=tuple(_words(key, answer) for key, answer in sorted(unexpected.items())),
        hidden=len(unknown),
        pass_on_unknown=sum(
            told.get(key, ("", ""))[0] == Verdict.PASS.value for key in unknown
        ),
        by_fault=Counter(fault["name"] for fault in truth["faults"]),
        pairs=sum(bool(fault["paired"]) for fault in truth["faults"]) // 2,
    )


def _brings(fault: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether this row of the truth is this fault's, as its own or as one that it hides."""
    same = row["subject"] == fault["subject"] or row["serial"] in ("", fault["serial"])
    return same and (fault["name"] in row["faults"])


def _words(key: Key, answer: Answer) -> str:
    return f"unexpected: {key[0]} {key[1]}: {answer[0]} ({answer[1]})"
