"""What an import would do to the register, and all that is wrong with the file."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.asset import Asset
from agent.domain.clashes import all_clashes, settle
from agent.domain.register import (
    COLUMNS,
    Against,
    Line,
    cells_of,
    read_line,
    register_columns,
    reversed_order,
    rounded_number,
)
from agent.domain.scheme import Scheme
from agent.domain.sheet import Problem, read_sheet


@dataclass(frozen=True, slots=True)
class Change:
    before: Asset
    after: Asset

    @property
    def tag(self) -> str:
        return self.after.tag

    def fields(self) -> dict[str, tuple[str, str]]:
        """What changes, old and new, by column."""
        old, new = cells_of(self.before), cells_of(self.after)
        return {name: (old[name], new[name]) for name in COLUMNS if old[name] != new[name]}


@dataclass(frozen=True, slots=True)
class Diff:
    """From the register as it is to the register as it would be."""

    added: tuple[Asset, ...] = ()
    changed: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()  # to another establishment, whatever else changes
    unchanged: tuple[str, ...] = ()  # tags
    kept: tuple[str, ...] = ()  # tags on the register that the file does not name

    @property
    def nothing(self) -> bool:
        """Applying it would do nothing."""
        return not (self.added or self.changed or self.moved)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not imported. Its asset, where it is on the register, stays as it is."""

    line: int
    tag: str  # empty where the line does not say it


@dataclass(frozen=True, slots=True)
class Plan:
    diff: Diff
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    left_out: tuple[LeftOut, ...]
    usable: bool  # False: not even the good lines can be imported

    def may_apply(self, *, skip_invalid: bool) -> bool:
        """All is valid, or the bad lines may be left out."""
        return not self.problems or (skip_invalid and self.usable)


def plan(
    data: bytes, held: Mapping[str, Asset], against: Against, *, skip_invalid: bool = False
) -> Plan:
    """Compare a file with the register, by tag."""
    sheet = read_sheet(data, COLUMNS)
    columns, policy = (
        register_columns(against),
        against.scheme.register.devices_per_establishment,
    )
    read = [read_line(row, columns, against) for row in sheet.rows]
    lines = [line for line, _ in read]
    found = [problem for _, problems in read for problem in problems]
    found += all_clashes(lines, held, policy)
    wrong = {problem.line for problem in found}
    good, more = settle([line for line in lines if line.number not in wrong], held, policy)
    problems = sheet.all_problems((*found, *more) if skip_invalid else found)
    taken = {line.number for line in good}
    out = {line.number: line.tag for line in lines if line.number not in taken}
    out |= {problem.line: out.get(problem.line, "") for problem in sheet.problems}
    named = {line.tag for line in lines}
    diff = compare([line.asset for line in good if line.asset], held, named)
    return Plan(
        diff=diff,
        problems=problems,
        warnings=_warnings(lines, diff, held, against.scheme),
        left_out=tuple(LeftOut(line, tag) for line, tag in sorted(out.items())),
        usable=sheet.usable,
    )


def compare(
    assets: Iterable[Asset], held: Mapping[str, Asset], named: Collection[str] = ()
) -> Diff:
    """What these assets would change. `named` are the tags of every line, bad ones too."""
    wanted = {asset.tag: asset for asset in assets}
    both = [Change(held[tag], wanted[tag]) for tag in sorted(wanted.keys() & held.keys())]
    differing = [change for change in both if change.before != change.after]
    return Diff(
        added=tuple(wanted[tag] for tag in sorted(wanted.keys() - held.keys())),
        changed=tuple(change for change in differing if not _moves(change)),
        moved=tuple(change for change in differing if _moves(change)),
        unchanged=tuple(change.tag for change in both if change.before == change.after),
        kept=tuple(sorted(held.keys() - wanted.keys() - set(named))),
    )


def _moves(change: Change) -> bool:
    return change.before.establishment != change.after.establishment


def _warnings(
    lines: Sequence[Line], diff: Diff, held: Mapping[str, Asset], scheme: Scheme
) -> tuple[Problem, ...]:
    noted = [check(line) for line in lines for check in (reversed_order, rounded_number)]
    after = {**held, **{asset.tag: asset for asset in diff.added}}
    after |= {change.tag: change.after for change in (*diff.changed, *diff.moved)}
    return (*filter(None, noted), *_too_few(after.values(), scheme))


def _too_few(assets: Iterable[Asset], scheme: Scheme) -> Iterable[Problem]:
    """A1: as a warning, since a register may be filled in parts. Line 0: of no line."""
    policy = scheme.register.devices_per_establishment
    count = Counter(asset.establishment for asset in assets)
    for code in sorted(count):
        if count[code] < policy:
            said = f"{code} has {count[code]} of {policy} devices (A1)"
            yield Problem(0, "establishment", code, said)
    if without := len(scheme.establishments.keys() - count.keys()):
        said = f"{without} establishments have no device on the register (A1)"
        yield Problem(0, "establishment", "", said)
