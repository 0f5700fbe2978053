"""Reading one cell: a value, or what to do about it."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from agent.domain.scheme import Scheme
from agent.domain.sheet import Problem, Row

EARLIEST_YEAR = 2010  # there was no iPad before; 0001 is what some exports write for "never"

ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_ADDRESS = 254
GROUP_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PHONE_MARKS = re.compile(r"[\s().-]")
TELEPHONE = re.compile(r"\+[1-9][0-9]{7,14}")
BRITISH = re.compile(r"\+44[1-9][0-9]{8,9}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Bad:
    """Not usable; `cure` says what to do."""

    cure: str


REQUIRED = Bad("must not be empty: fill it in")


@dataclass(frozen=True, slots=True)
class Column:
    """How the cells of one column are read, and what an empty one means."""

    name: str
    read: Callable[[str], object]
    empty: object = REQUIRED

    def value(self, text: str) -> object:
        """The cell's value, or Bad."""
        if not text:
            return self.empty
        if not text.isprintable():
            return Bad("has an invisible character or a line break: type it again")
        return self.read(text)


def read_cells(row: Row, columns: Iterable[Column]) -> tuple[dict[str, Any], list[Problem]]:
    """The good values of a line by column, and what is wrong with the others."""
    good: dict[str, Any] = {}
    problems = []
    for column in columns:
        text = row.cells.get(column.name, "")
        value = column.value(text)
        if isinstance(value, Bad):
            problems.append(Problem(row.line, column.name, text, value.cure))
        else:
            good[column.name] = value
    return good, problems


def text(value: str) -> str | Bad:
    """A name or a few words."""
    return value if len(value) <= 100 else Bad("too long: at most 100 characters")


def group_id(value: str) -> str | Bad:
    """The id of a group in Zoom: capitals matter in one."""
    return value if GROUP_ID.fullmatch(value) else Bad("as Zoom shows it: letters, digits, - _")


def typed(value: str) -> str:
    """A code as it is kept: upper case, no spaces."""
    return "".join(value.split()).upper() if value.isascii() else value


def address(value: str) -> str | Bad:
    """An e-mail address, or an account id of that form."""
    if len(value) <= LONGEST_ADDRESS and ADDRESS.fullmatch(value):
        return value
    return Bad("not of the form name@organisation.example")


def account(value: str) -> str | Bad:
    """An account id; capitals do not matter in one."""
    return address(value.lower())


def telephone(value: str) -> str | Bad:
    """A telephone number as +44…; one that begins with 0 is of the United Kingdom."""
    cure = Bad("write the number with its code, as +44 7700 900123, or as 07700 900123")
    digits = PHONE_MARKS.sub("", value.replace("(0)", "")) if value.isascii() else value
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("0"):
        digits = f"+44{digits[1:]}"
    form = BRITISH if digits.startswith("+44") else TELEPHONE
    return digits if form.fullmatch(digits) else cure


def day(value: str) -> date | Bad:
    """A calendar day."""
    cure = Bad("write the date as year-month-day: 2026-09-03")
    try:
        found = date.fromisoformat(value) if DAY.fullmatch(value) else None
    except ValueError:
        return cure
    return found if found and found.year >= EARLIEST_YEAR else cure


def moment(value: str) -> datetime | Bad:
    """A time with its zone, as UTC."""
    cure = Bad("write the time with its zone: 2026-09-01T09:30:00Z")
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            return cure
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return cure
    return found if found.year >= EARLIEST_YEAR else cure


def one_of(words: Collection[str], cure: str) -> Callable[[str], str | Bad]:
    """One of these words; capitals and the kind of apostrophe do not matter."""
    known = {word.casefold(): word for word in words}
    return lambda value: known.get(value.replace("’", "'").casefold(), Bad(cure))


def sim_number(pattern: re.Pattern[str]) -> Callable[[str], str | Bad]:
    """An ICCID, unless a spreadsheet has made a floating-point number of it."""

    def read(value: str) -> str | Bad:
        if SCIENTIFIC.fullmatch(value):
            return Bad(
                "a spreadsheet cut this number: make the column text, then copy it from the SIM"
            )
        digits = "".join(value.split())
        return digits if pattern.fullmatch(digits) else Bad("18 to 22 digits, as on the SIM")

    return read


def establishment(scheme: Scheme) -> Callable[[str], str | Bad]:
    """A code of the official list (A8)."""
    cure = "no such establishment: use the three letters of config/establishments.csv (A8)"
    return lambda value: typed(value) if typed(value) in scheme.establishments else Bad(cure)
