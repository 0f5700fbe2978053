"""The card for a call without us: its two pages, and the same card as late entry takes it."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from textwrap import wrap
from typing import Any

from agent.domain.call_rules import CallRules, Text
from agent.domain.late_entry import KINDS

WIDTH = 92  # of a page of A4 in a print of nine points
BLANK, CHOICE = "_", "yes / no"
DEPARTMENTS = "{departments}"


@dataclass(frozen=True, slots=True)
class Part:
    """`says` is what to do, `write` the blanks; `step` what it is entered as."""

    heading: str
    says: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    step: str = ""
    page: bool = False  # it begins another page


@dataclass(frozen=True, slots=True)
class Card:
    """A scheme's card, not yet filled in."""

    title: str
    intro: tuple[str, ...]
    parts: tuple[Part, ...]


def pages(
    card: Card, rules: CallRules, words: Mapping[str, str], head: str, known: Sequence[str] = ()
) -> list[str]:
    """Its pages as plain text. `head` says for what; `known`, at the end, what is known."""
    lines = _wrapped(f"{card.title}   {head}", WIDTH)
    lines += [line for says in card.intro for line in _wrapped(says, WIDTH)]
    found: list[list[str]] = [lines]
    for part in card.parts:
        if part.page:
            over = f"{card.title}   {head}   page {len(found) + 1}"
            found.append(_wrapped(over, WIDTH))
        found[-1] += ["", *_part(part, rules, words)]
    if known:
        found[-1] += ["", "Known when it was printed", *_told(known)]
    return ["\n".join(lines) + "\n" for lines in found]


def words_of(rules: CallRules, text: Text, infosec: str) -> dict[str, str]:
    """What the card takes from the scheme."""
    return {
        "infosec": infosec,
        "hours": str(int(rules.confirm_within.total_seconds() // 3600)),
        "rooms": ", ".join(rules.residential),
        "concerns": ", ".join(rules.concerns),
        "ended": ", ".join(rules.ended),
        "text": f"“{text.words}” ({text.requirement}, version {text.version[:12]})",
    }


def blank_entry(rules: CallRules, text: Text) -> dict[str, Any]:
    """The same card as `call late-entry` reads it, with nothing filled in but the text."""
    steps: list[dict[str, Any]] = []
    for step in KINDS:
        filled = {"text": text.version} if step == "precall" else {}
        if step == "comment":
            steps += [_empty(step) | {"department": code} for code in rules.departments]
        else:
            steps.append(_empty(step) | filled)
    return {"written_by": "", "steps": steps}


def _empty(step: str) -> dict[str, Any]:
    line: dict[str, Any] = {"step": step, "at": ""}
    for one in fields(KINDS[step]):
        kind = getattr(one.type, "__name__", one.type)
        must_be_said = one.default is MISSING and kind == "bool"
        given = "" if one.default is MISSING else one.default
        line[one.name] = None if must_be_said else given
    return line


def _part(part: Part, rules: CallRules, words: Mapping[str, str]) -> list[str]:
    lines = [part.heading]
    lines += _told([says.format_map(words) for says in part.says])
    for label in part.write:
        if label == DEPARTMENTS:
            lines += [
                _blanks(f"{name}  no concern / concern / unreachable   by   at")
                for name in rules.departments.values()
            ]
        else:
            lines.append(_blanks(label))
    return lines


def _told(says: Sequence[str]) -> list[str]:
    return [f"  {line}" for one in says for line in _wrapped(one, WIDTH - 2)]


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, break_on_hyphens=False)


def _blanks(label: str) -> str:
    """Room to write after each part of the line; three spaces part them."""
    parts = label.split("   ")
    open_ones = [part for part in parts if not part.endswith(CHOICE)]
    room = WIDTH - 2 - sum(len(part) + 2 for part in parts)
    each = room // max(len(open_ones), 1)
    return "  " + "  ".join(
        f"{part} {BLANK * (each - 1)}" if part in open_ones else part for part in parts
    )
