"""What no machine can see and a person looks at, in the words of each surface."""

from collections.abc import Sequence

from agent.domain.annex_e import QUESTIONS, Row
from agent.domain.zoom_baseline import PersonLine

HEADS = ("What must hold", "Why", "Category", "Annex E", "CIS Zoom Benchmark", "What to do")


def plain(line: PersonLine) -> dict[str, object]:
    """For programs."""
    return {
        "name": line.name,
        "says": line.says,
        "why": line.why,
        "requirement": line.requirement,
        "question": line.question,
        "category": line.category.value,
        "cis": line.cis,
        "remedy": line.remedy,
    }


def cells(line: PersonLine) -> tuple[str, ...]:
    """One row under HEADS."""
    question = "" if line.question is None else f"{line.question}: {QUESTIONS[line.question]}"
    return (line.says, line.why, line.category.value, question, line.cis, line.remedy)


def counted(lines: Sequence[PersonLine]) -> str:
    """How many settings, in words."""
    return "1 setting" if len(lines) == 1 else f"{len(lines)} settings"


def named(lines: Sequence[PersonLine]) -> str:
    """For one row of Annex E; empty where nothing is asked."""
    return f"{Row.PERSON.value}: {'; '.join(line.says for line in lines)}" if lines else ""
