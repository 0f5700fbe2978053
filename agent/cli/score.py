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
    wrong = {key: answer for key, answer in true.items() if told.get(key) != answer}
    missed = [fault for fault in truth["faults"] if _touches(fault, wrong)]
    unexpected = {
        key: answer
        for key, answer in told.items()
        if answer[0] != Verdict.PASS.value and true.get(key) != answer
    }
    unknown = [key for key, answer in true.items() if answer[0] == Verdict.UNKNOWN.value]
    return Score(
        planted=len(truth["faults"]),
        found=len(truth["faults"]) - len(missed),
        missed=tuple(f"{fault['name']} on {fault['subject']}" for fault in missed),
        unexpected=tuple(_words(key, answer) for key, answer in sorted(unexpected.items())),
        hidden=len(unknown),
        pass_on_unknown=sum(
            told.get(key, ("", ""))[0] == Verdict.PASS.value for key in unknown
        ),
        by_fault=Counter(fault["name"] for fault in truth["faults"]),
        pairs=sum(bool(fault["paired"]) for fault in truth["faults"]) // 2,
    )


def _touches(fault: Mapping[str, Any], wrong: Mapping[Key, Answer]) -> bool:
    return any(
        subject == fault["subject"] and check in fault["checks"] for subject, check in wrong
    )


def _words(key: Key, answer: Answer) -> str:
    return f"{key[0]} {key[1]}: {answer[0]} ({answer[1]})"
