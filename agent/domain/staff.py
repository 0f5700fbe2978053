"""staff.csv: who works with the devices. Who left stays known: the audit names the id."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from agent.domain.cells import Bad, Column, establishment, one_of, read_cells, text
from agent.domain.people import AGENT, Staff, nobody_named
from agent.domain.scheme import Scheme
from agent.domain.sheet import Problem, Row, read_sheet, repeated, write_sheet

COLUMNS = ("id", "name", "role", "establishment")
NOBODYS = (AGENT.id, nobody_named("").id)
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """Who is new, whose line differs, who came to be missing from the file."""

    added: tuple[Staff, ...]
    changed: tuple[Staff, ...]  # as they will be; one who came back too
    left: tuple[str, ...]  # ids
    ids: frozenset[str]  # of the usable lines
    problems: tuple[Problem, ...]

    @property
    def nothing(self) -> bool:
        """Applying it would do nothing."""
        return not (self.added or self.changed or self.left)


def plan_staff(data: bytes, held: Mapping[str, Staff], scheme: Scheme) -> StaffPlan:
    """Compare a file with what is there. `held` has those who left, too."""
    sheet = read_sheet(data, COLUMNS)
    found = list(repeated(sheet.rows, lambda row: row.cells.get("id", ""), "id"))
    wanted: dict[str, Staff] = {}
    for row in sheet.rows:
        cells, problems = read_cells(row, _columns(row, scheme))
        found += problems
        if not problems:
            wanted[cells["id"]] = Staff(**cells)
    both = [wanted[key] for key in sorted(wanted.keys() & held.keys())]
    return StaffPlan(
        added=tuple(wanted[key] for key in sorted(wanted.keys() - held.keys())),
        changed=tuple(person for person in both if person != held[person.id]),
        left=tuple(sorted(key for key in held.keys() - wanted.keys() if held[key].active)),
        ids=frozenset(wanted),
        problems=sheet.all_problems(found),
    )


def gone(person: Staff) -> Staff:
    """As kept after leaving."""
    return replace(person, active=False)


def write_staff(people: Iterable[Staff]) -> str:
    """The file that imports again without a change: those who work here now."""
    return write_sheet(
        COLUMNS,
        (
            {name: getattr(person, name) for name in COLUMNS}
            for person in sorted(people, key=lambda person: person.id)
            if person.active
        ),
    )


def _columns(row: Row, scheme: Scheme) -> tuple[Column, ...]:
    rules = scheme.register
    roles = (*rules.local_roles, *rules.wider_roles)
    wider = row.cells.get("role", "").casefold() in rules.wider_roles
    return (
        Column("id", _id),
        Column("name", text),
        Column("role", one_of(roles, f"one of: {', '.join(roles)}")),
        Column("establishment", _nowhere, empty="")
        if wider
        else Column("establishment", establishment(scheme)),
    )


def _id(value: str) -> str | Bad:
    if value.casefold() in NOBODYS:
        return Bad("the audit uses this id for somebody who is not on the list: choose another")
    if ID.fullmatch(value) is None:
        return Bad("letters, digits, dots and hyphens only; no e-mail address")
    return value


def _nowhere(value: str) -> Bad:
    return Bad("leave it empty: this role is not of one establishment")
