"""The part of OData that Intune understands: $select, $filter, $top, $count, $skiptoken."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.sandbox.wire import Json

PAGE = 1000  # rows at most, whatever $top says
KNOWN = {"$select", "$filter", "$top", "$count", "$skiptoken", "api-version"}

EQ = "id deviceName serialNumber complianceState jailBroken managementState managementAgent"
MATCHES: Mapping[str, frozenset[str]] = {
    "eq": frozenset(
        (EQ + " userPrincipalName imei azureADDeviceId deviceCategoryDisplayName").split()
    ),
    "ne": frozenset({"userPrincipalName"}),
    "lt": frozenset(
        {"lastSyncDateTime", "enrolledDateTime", "complianceGracePeriodExpirationDateTime"}
    ),
    "contains": frozenset({"deviceName", "osVersion", "phoneNumber"}),
}
CLAUSE = re.compile(r"\s*\(?\s*(\w+)\s+(\w+)\s+('(?:[^']|'')*'|[^\s')]+)\s*\)?\s*")
CONTAINS = re.compile(r"\s*\(?\s*contains\(\s*(\w+)\s*,\s*('(?:[^']|'')*')\s*\)\s*\)?\s*")
JOINT = re.compile(r"(and|or)\b\s*", re.IGNORECASE)


class BadQuery(ValueError):
    """Graph answers 400 with this message."""


@dataclass(frozen=True, slots=True)
class Clause:
    field: str
    operator: str
    value: str

    def holds(self, record: Json) -> bool:
        found = record.get(self.field)
        text, value = ("" if found is None else str(found)).casefold(), self.value.casefold()
        match self.operator:
            case "eq":
                return text == value
            case "ne":
                return text != value
            case "lt":
                return text < value
            case "gt":
                return text > value
        return value in text


@dataclass(frozen=True, slots=True)
class Filter:
    """Terms joined by `or`, each of clauses joined by `and`."""

    terms: Sequence[Sequence[Clause]]

    def holds(self, record: Json) -> bool:
        return any(all(clause.holds(record) for clause in term) for term in self.terms)

    def is_everything(self) -> bool:
        """An empty serial number matches the whole collection (facts on Intune, 1.1)."""
        return any(
            clause == Clause("serialNumber", "eq", "") for term in self.terms for clause in term
        )

    def serials(self) -> list[str] | None:
        """The serial numbers, where the filter asks for nothing but serial numbers."""
        clauses = [term[0] for term in self.terms if len(term) == 1]
        simple = len(clauses) == len(self.terms) and all(
            (clause.field, clause.operator) == ("serialNumber", "eq") for clause in clauses
        )
        return [clause.value for clause in clauses] if simple else None


def read_filter(text: str) -> Filter:
    terms: list[list[Clause]] = [[]]
    place = 0
    while True:
        clause, place = _clause(text, place)
        terms[-1].append(clause)
        if place == len(text):
            return Filter(terms)
        joint = JOINT.match(text, place)
        if joint is None:
            raise BadQuery(f"Invalid filter clause: Syntax error at position {place}.")
        if joint[1].lower() == "or":
            terms.append([])
        place = joint.end()


def _clause(text: str, place: int) -> tuple[Clause, int]:
    if within := CONTAINS.match(text, place):
        return _allowed(Clause(within[1], "contains", _literal(within[2]))), within.end()
    if plain := CLAUSE.match(text, place):
        return _allowed(Clause(plain[1], plain[2].lower(), _literal(plain[3]))), plain.end()
    raise BadQuery(f"Invalid filter clause: Syntax error at position {place}.")


def _allowed(clause: Clause) -> Clause:
    kind = "lt" if clause.operator == "gt" else clause.operator
    if clause.field not in MATCHES.get(kind, ()):
        raise BadQuery(f"Filter not supported: {clause.field} {clause.operator}.")
    return clause


def _literal(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def check(query: Mapping[str, str]) -> None:
    """Refuse what this endpoint does not understand, as Graph does."""
    strange = sorted(name for name in query if name.startswith("$") and name not in KNOWN)
    if strange:
        raise BadQuery(f"Query option '{strange[0]}' is not supported.")


def selected(query: Mapping[str, str], known: Sequence[str]) -> frozenset[str] | None:
    """The properties asked for by name; None: no $select, so all of them."""
    text = query.get("$select", "")
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    strange = sorted(names - set(known) - {"*"})
    if strange:
        raise BadQuery(
            "Parsing OData Select and Expand failed: Could not find a property named "
            f"'{strange[0]}' on type 'microsoft.management.services.api.managedDevice'."
        )
    return names if names and "*" not in names else None


def projected(record: Json, names: frozenset[str] | None) -> Json:
    if names is None:
        return record
    return {
        name: value
        for name, value in record.items()
        if name in names or name.startswith("@odata.")
    }


def page_size(query: Mapping[str, str]) -> int:
    text = query.get("$top", str(PAGE))
    if not text.isdecimal() or int(text) == 0:
        raise BadQuery(f"Invalid value '{text}' for $top query option found.")
    return min(int(text), PAGE)


def skip_token(position: int) -> str:
    """Opaque on purpose: clients follow nextLink and never build it."""
    return base64.urlsafe_b64encode(f"place:{position}".encode()).decode().rstrip("=")


def position(query: Mapping[str, str]) -> int:
    token = query.get("$skiptoken")
    if token is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as err:
        raise BadQuery("The skip token is not valid.") from err
    if not re.fullmatch(r"place:\d{1,9}", text):
        raise BadQuery("The skip token is not valid.")
    return int(text.removeprefix("place:"))


def page(
    start: int, positions: int, size: int, read: Callable[[int], Json | None]
) -> tuple[list[Json], int | None]:
    """The next records from this place on, and the place of the page after, if any."""
    rows: list[Json] = []
    for spot in range(start, positions):
        row = read(spot)
        if row is None:
            continue
        if len(rows) == size:
            return rows, spot
        rows.append(row)
    return rows, None
