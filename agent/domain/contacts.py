"""contacts.csv: who reads which inbox (Q9, Q10), and the region of each establishment."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from agent.domain.cells import (
    Bad,
    Column,
    address,
    establishment,
    one_of,
    read_cells,
    telephone,
    text,
)
from agent.domain.scheme import Scheme
from agent.domain.sheet import Problem, Row, read_sheet, repeated, write_sheet

COLUMNS = (
    "scope", "code", "region", "security", "spoc", "governor", "regional_silver", "infosec",
    "provider_management", "deputy", "duty_phone",
)  # fmt: skip
NEWER = ("deputy", "duty_phone")  # a file from before these has them empty
APPLIES = {
    "establishment": ("region", "security", "spoc", "governor", "provider_management", *NEWER),
    "region": ("regional_silver", *NEWER),
    "national": ("infosec", "provider_management", *NEWER),
}
"""Whose deputy and duty phone: of local security, of Regional Silver, of Infosec."""
WORDS = COLUMNS[2:]
REGION = "region"  # the role under which the region of an establishment is kept in Entries


class Place(NamedTuple):
    """One cell of the file that says something."""

    scope: str
    code: str  # empty for national
    role: str  # as Inbox has it, or region


Entries: TypeAlias = Mapping[Place, str]
"""An address; for duty-phone a number, as +44…; for region its name."""


@dataclass(frozen=True, slots=True)
class ContactsPlan:
    """The whole file replaces what was there."""

    entries: Entries
    added: tuple[Place, ...]
    changed: tuple[Place, ...]
    removed: tuple[Place, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def nothing(self) -> bool:
        """Applying it would do nothing."""
        return not (self.added or self.changed or self.removed)


def plan_contacts(data: bytes, held: Entries, scheme: Scheme) -> ContactsPlan:
    """Compare a file with what is there."""
    sheet = read_sheet(data, COLUMNS, frozenset(NEWER))
    entries: dict[Place, str] = {}
    found = list(repeated(sheet.rows, _key, "code"))
    for row in sheet.rows:
        places, problems = _read(row, scheme)
        entries |= places
        found += problems
    return ContactsPlan(
        entries=entries,
        added=tuple(sorted(entries.keys() - held.keys())),
        changed=tuple(
            place
            for place in sorted(entries.keys() & held.keys())
            if entries[place] != held[place]
        ),
        removed=tuple(sorted(held.keys() - entries.keys())),
        problems=sheet.all_problems(found),
        warnings=tuple(_strays(entries)),
    )


def write_contacts(entries: Entries) -> str:
    """The file that imports again without a change."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for place, value in sorted(entries.items()):
        empty = dict.fromkeys(COLUMNS, "") | {"scope": place.scope, "code": place.code}
        row = rows.setdefault((place.scope, place.code), empty)
        row[place.role.replace("-", "_")] = value
    return write_sheet(COLUMNS, rows.values())


def _read(row: Row, scheme: Scheme) -> tuple[dict[Place, str], list[Problem]]:
    """What a line says, and what is wrong with it."""
    scope = row.cells.get("scope", "").lower()
    good, problems = read_cells(row, _columns(scope, scheme))
    code = good.get("code", "")
    places = {
        Place(scope, code, word.replace("_", "-")): good[word]
        for word in WORDS
        if good.get(word)
    }
    return places, problems


def _columns(scope: str, scheme: Scheme) -> Iterable[Column]:
    yield Column("scope", one_of(APPLIES, f"one of: {', '.join(APPLIES)}"))
    match scope:
        case "establishment":
            yield Column("code", establishment(scheme))
        case "national":
            yield Column("code", _not_on(scope), empty="")
        case _:
            yield Column("code", text)
    for word in WORDS:
        yield Column(word, _reader(scope, word), empty="")


def _reader(scope: str, word: str) -> Callable[[str], str | Bad]:
    if word not in APPLIES.get(scope, WORDS):
        return _not_on(scope)
    return {REGION: text, "duty_phone": telephone}.get(word, address)


def _not_on(scope: str) -> Callable[[str], Bad]:
    return lambda value: Bad(f"leave it empty: it is not for a row of scope {scope}")


def _key(row: Row) -> str:
    scope, code = row.cells.get("scope", "").lower(), row.cells.get("code", "")
    return f"{scope}/{code}" if code or scope == "national" else ""


def _strays(entries: Entries) -> Iterable[Problem]:
    """Regions that are named on one side only: mostly a slip of the pen. Line 0: of no line."""
    named = {value for place, value in entries.items() if place.role == REGION}
    rows = {place.code for place in entries if place.scope == "region"}
    for region in sorted(named - rows):
        yield Problem(0, "region", region, "no region row with an inbox has this name")
    for region in sorted(rows - named):
        yield Problem(0, "code", region, "no establishment is in this region")
