"""The register as a CSV file: read and checked line by line, and written (A5, A8-A12)."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agent.domain.asset import Asset
from agent.domain.cells import (
    Bad,
    Column,
    account,
    day,
    establishment,
    group_id,
    moment,
    one_of,
    read_cells,
    sim_number,
    text,
    typed,
)
from agent.domain.scheme import Scheme
from agent.domain.sheet import Problem, Row, write_sheet

COLUMNS = (
    "local_id", "asset_tag", "establishment", "serial", "dom1_address", "m365_user_id",
    "apple_user_id", "sim_provider", "iccid", "enrolled_at", "distributed_on", "received_by",
    "received_on", "storage_location", "zoom_group",
)  # fmt: skip
RECEIPT = ("received_by", "received_on", "storage_location")


@dataclass(frozen=True, slots=True)
class Against:
    """What a file is checked against."""

    scheme: Scheme
    staff: Collection[str]  # every known id, also of those who have left
    now: datetime  # UTC
    today: date  # in the United Kingdom


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file. `asset` is None where a cell is not usable."""

    number: int
    cells: Mapping[str, Any]  # the usable ones
    asset: Asset | None

    @property
    def tag(self) -> str:
        """Empty where the line does not say it."""
        return str(self.cells.get("asset_tag", ""))


def register_columns(against: Against) -> tuple[Column, ...]:
    """How each column of the register is read."""
    rules = against.scheme.register
    return (
        Column("local_id", lambda value: _local_id(value, against)),
        Column("asset_tag", _like(rules.asset_tag, "an asset tag starts with K: K10471 (A11)")),
        Column("establishment", establishment(against.scheme)),
        Column("serial", _like(rules.serial, "letters and digits only, as on the device")),
        Column("dom1_address", account),
        Column("m365_user_id", account),
        Column("apple_user_id", account),
        Column("sim_provider", text, empty=""),
        Column("iccid", sim_number(rules.iccid), empty=""),
        Column("enrolled_at", lambda value: _past(moment(value), against.now), empty=None),
        Column("distributed_on", day, empty=None),
        Column("received_by", _staff(against.staff), empty=""),
        Column("received_on", lambda value: _past(day(value), against.today), empty=None),
        Column("storage_location", _storage(rules.storage_locations), empty=""),
        Column("zoom_group", group_id, empty=""),
    )


def read_line(
    row: Row, columns: tuple[Column, ...], against: Against
) -> tuple[Line, list[Problem]]:
    """A line, and all that is wrong with it by itself."""
    cells, problems = read_cells(row, columns)
    problems += _together(row, cells, against)
    if problems:
        return Line(row.line, cells, None), problems
    fields = {name: value for name, value in cells.items() if name != "asset_tag"}
    return Line(row.line, cells, Asset(tag=cells["asset_tag"], **fields)), []


def reversed_order(line: Line) -> Problem | None:
    """A3: enrolled by the region before it is received; the other way is worth a look."""
    enrolled, received = line.cells.get("enrolled_at"), line.cells.get("received_on")
    if not enrolled or not received or enrolled.date() <= received:
        return None
    said = "enrolled after it was received (A3): check both dates"
    return Problem(line.number, "enrolled_at", enrolled.isoformat(), said)


def rounded_number(line: Line) -> Problem | None:
    """A spreadsheet keeps fifteen digits and writes zeros for the rest."""
    iccid = str(line.cells.get("iccid", ""))
    if not iccid or iccid[15:].strip("0"):
        return None
    said = "ends in zeros: a spreadsheet may have rounded it, compare it with the SIM (A12)"
    return Problem(line.number, "iccid", iccid, said)


def cells_of(asset: Asset) -> dict[str, str]:
    """An asset as the file has it, by column."""
    fields = {name: getattr(asset, name) for name in COLUMNS if name != "asset_tag"}
    return {name: _written({**fields, "asset_tag": asset.tag}[name]) for name in COLUMNS}


def write_register(assets: Iterable[Asset]) -> str:
    """The file that imports again without a change."""
    ordered = sorted(assets, key=lambda asset: (asset.establishment, asset.local_id))
    return write_sheet(COLUMNS, map(cells_of, ordered))


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return "" if value is None else str(value)


def _together(row: Row, cells: Mapping[str, Any], against: Against) -> list[Problem]:
    """What is wrong between the cells of one line."""
    return [
        Problem(row.line, column, row.cells.get(column, ""), cure)
        for column, cure in (
            *_prefix(cells, against.scheme),
            *_receipt(row),
            *_custody(cells),
        )
    ]


def _prefix(cells: Mapping[str, Any], scheme: Scheme) -> Iterable[tuple[str, str]]:
    code, local_id = cells.get("establishment"), cells.get("local_id")
    if code and local_id and scheme.register.establishment_of(local_id) != code:
        yield "local_id", f"starts with another code than the establishment's, {code} (A10)"


def _receipt(row: Row) -> Iterable[tuple[str, str]]:
    given = [column for column in RECEIPT if row.cells.get(column)]
    for column in RECEIPT:
        if given and column not in given:
            yield column, f"a receipt (A9) has this too: {' and '.join(given)} is there"


def _custody(cells: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    sent, received = cells.get("distributed_on"), cells.get("received_on")
    if sent and received and received < sent:
        yield "received_on", f"before it was distributed, on {sent}: correct one of the two"


def _local_id(value: str, against: Against) -> str | Bad:
    found = against.scheme.register.canonical_local_id(value.upper())
    return found or Bad("a local ID code is the establishment's code and BT001 (A10)")


def _like(pattern: re.Pattern[str], cure: str) -> Callable[[str], str | Bad]:
    return lambda value: typed(value) if pattern.fullmatch(typed(value)) else Bad(cure)


def _staff(known: Collection[str]) -> Callable[[str], str | Bad]:
    cure = "no such member of staff: import staff.csv first, or correct the id"
    return lambda value: value if value in known else Bad(cure)


def _storage(places: Collection[str]) -> Callable[[str], str | Bad]:
    return one_of(places, f"one of: {', '.join(places)} (E4)")


def _past(value: datetime | date | Bad, until: datetime | date) -> object:
    """Not later than now, or today."""
    if isinstance(value, Bad) or value <= until:
        return value
    return Bad("lies in the future: correct it")
