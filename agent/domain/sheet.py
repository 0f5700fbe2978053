"""CSV as spreadsheets really write it: every fault named on reading, safe to open when written.

A file is UTF-8 with commas. Line numbers are those of the file; the header is mostly line 1.
"""

import codecs
import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.errors import BadInput

FORMULA = frozenset("=+-@")  # a spreadsheet runs a cell that begins so
SECRET = re.compile(r"pass\W*_*(word|code|phrase)|pwd|passwd|secret|(^|[^a-z])pin($|[^a-z])")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and how to mend it. An empty column: it is the line, or the file."""

    line: int
    column: str
    value: str
    cure: str


class BadSheet(BadInput):
    """Nothing was imported: `problems` has every line. No value is in the message."""

    hint = "Run the import with --dry-run to see each line, its column, value and cure."

    def __init__(self, what: str, problems: Sequence[Problem]) -> None:
        first = problems[0]
        where = f"line {first.line}" + (f", column {first.column}" if first.column else "")
        lines = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{what}: nothing was imported, {lines}, the first on {where}")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str]  # by column, without space around them


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read. `usable` False: the fault is in the whole file, not in single lines."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    usable: bool
    missing: frozenset[str] = frozenset()  # columns

    def all_problems(self, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """Ours and these, in the file's order; a missing column is named once, not per line."""
        told = [problem for problem in found if problem.column not in self.missing]
        return tuple(sorted((*self.problems, *told), key=lambda problem: problem.line))


def read_sheet(
    data: bytes, columns: tuple[str, ...], optional: frozenset[str] = frozenset()
) -> Sheet:
    """Read a file that must have exactly these columns, in any order.

    `optional`: those of them that an older file lacks; they count as empty.
    """
    text, undecoded = _decoded(data)
    if undecoded:
        return Sheet((), undecoded, usable=False)
    records, torn = _records(text)
    if not records:
        empty = Problem(1, "", "", f"the file is empty; its first line is {','.join(columns)}")
        return Sheet((), torn or (empty,), usable=False)
    line, names = records[0][0], _names(records[0][1])
    header = _separator(line, names) or _header(line, names, columns, optional)
    rows, faults = _rows(records[1:], names) if len(names) > 1 else ([], [])
    missing = frozenset(columns) - optional - set(names)
    return Sheet(tuple(rows), (*header, *faults, *torn), not header and not torn, missing)


def repeated(rows: Iterable[Row], key: Callable[[Row], str], column: str) -> Iterator[Problem]:
    """Lines that are for the same, by a key in which capitals do not matter; empty: no key."""
    where: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if told := key(row).casefold():
            where[told].append(row)
    for same in where.values():
        for row in same if len(same) > 1 else ():
            others = ", ".join(str(other.line) for other in same if other is not row)
            value = row.cells.get(column, "")
            yield Problem(row.line, column, value, f"line {others} is for the same: keep one")


def write_sheet(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> str:
    """A file that `read_sheet` reads back, and in which no cell can act as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_escaped(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def _escaped(value: str) -> str:
    return f"'{value}" if value.lstrip("'")[:1] in FORMULA else value


def _unescaped(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in FORMULA else cell


def _decoded(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "", (Problem(1, "", "UTF-16", "save the file as CSV UTF-8"),)
    problems, offset = [], 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        try:
            line.decode()
        except UnicodeDecodeError as err:
            what = f"byte 0x{line[err.start]:02x} at offset {offset + err.start}"
            problems.append(Problem(number, "", what, "not UTF-8: save it as CSV UTF-8"))
        offset += len(line)
    return ("", tuple(problems)) if problems else (data.decode("utf-8-sig"), ())


def _records(text: str) -> tuple[list[tuple[int, list[str]]], tuple[Problem, ...]]:
    """Each line that is not blank, and why the rest could not be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found, start = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as err:
        cure = "close the quotes here; what follows was not read"
        return found, (Problem(start, "", str(err), cure),)
    return found, ()


def _names(cells: list[str]) -> list[str]:
    names = [_unescaped(cell).lower() for cell in cells]
    while not names[-1]:
        names.pop()
    return names


def _separator(line: int, names: list[str]) -> tuple[Problem, ...]:
    for mark, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and mark in names[0]:
            cure = f"the cells are separated by {word}: save the file with commas"
            return (Problem(line, "", names[0], cure),)
    return ()


def _header(
    line: int, names: list[str], columns: tuple[str, ...], optional: frozenset[str]
) -> tuple[Problem, ...]:
    problems = [
        Problem(line, name, name, _unknown(name, columns))
        for name in dict.fromkeys(names)
        if name not in columns
    ]
    problems += [
        Problem(line, name, name, "the column is there twice: keep one")
        for name in columns
        if names.count(name) > 1
    ]
    problems += [
        Problem(line, name, "", f"the column is missing: add {name}")
        for name in columns
        if name not in names and name not in optional
    ]
    return tuple(problems)


def _unknown(name: str, columns: tuple[str, ...]) -> str:
    if SECRET.search(name):
        return "remove this column: a password is never stored here (A5)"
    return f"no such column: remove it or correct its name; known are {', '.join(columns)}"


def _rows(
    records: list[tuple[int, list[str]]], names: list[str]
) -> tuple[list[Row], list[Problem]]:
    rows, faults = [], []
    for line, cells in records:
        if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
            cure = f"the header has {len(names)} columns: give as many, quote what has a comma"
            faults.append(Problem(line, "", f"{len(cells)} cells", cure))
        else:
            named = zip(names, map(_unescaped, cells), strict=False)
            rows.append(Row(line, dict(named)))
    return rows, faults
