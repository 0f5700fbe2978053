"""A file of routes, read: every fault of it at once, with its line and its key."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, NamedTuple

from agent.domain.cells import Bad
from agent.domain.check import Category, Severity
from agent.domain.fallback import Fallback
from agent.domain.route_when import DAYS, Hours, When
from agent.domain.routes import COPIES, PHONE, PLACES, Route
from agent.domain.toml_lines import Lines

HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
TYPE = re.compile(r"[a-z0-9][a-z0-9.-]*\*?")
WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
SCOPES = ("establishment", "region", "national")  # the wider the later
Reader = Callable[[object], object]


class Flaw(NamedTuple):
    """What is wrong in a file, and where."""

    line: int
    key: str
    says: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.key}: {self.says}"


@dataclass(slots=True)
class RouteFile:
    """One file as it is read. Whoever reads it looks at `flaws` before using anything."""

    tables: Mapping[str, Any]
    lines: Lines
    origin: str
    establishments: Collection[str]
    flaws: list[Flaw] = field(default_factory=list)

    def routes(self, taken: Collection[str] = ()) -> tuple[Route, ...]:
        """Each [[route]]. `taken`: the names that another file has given already."""
        told = self.tables.get("route", [])
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            self.flaws.append(Flaw(self.lines.of("route"), "route", "write it as [[route]]"))
            return ()
        names, found = set(taken), []
        for index, table in enumerate(told):
            route = self._route(index, table)
            if route.name in names:
                says = f"another route has the name “{route.name}” already"
                self._flaw(index, "name", says)
            names.add(route.name)
            found.append(route)
        return tuple(found)

    def fallback(self) -> Fallback:
        """[fallback]: whom to tell instead of an inbox that nobody named."""
        told = self.tables.get("fallback", {})
        found: dict[str, tuple[str, ...]] = {}
        if not isinstance(told, dict):
            line = self.lines.of("fallback")
            self.flaws.append(Flaw(line, "fallback", "write it as [fallback]"))
            return found
        for key, value in told.items():
            read = _wider(key)(value) if key in SCOPES else Bad(_one_of("key", key, SCOPES))
            if isinstance(read, Bad):
                line = self.lines.of("fallback", 0, key)
                self.flaws.append(Flaw(line, f"fallback.{key}", read.cure))
            else:
                found[key] = read
        return found

    def only_routes(self) -> None:
        """A file that adds to the scheme's has nothing but routes."""
        for table in self.tables:
            if table != "route":
                says = "only [[route]] may be here: the rest is the scheme's"
                self.flaws.append(Flaw(self.lines.of(table), table, says))

    def _route(self, index: int, table: Mapping[str, Any]) -> Route:
        route_keys: dict[str, Reader] = {"name": _text, "when": _table, "tell": _tell}
        good = self._read(index, table, route_keys, "")
        for key in route_keys.keys() - table.keys():
            self._flaw(index, key, "it is missing")
        when = self._read(index, good.get("when", {}), self._when_keys(), "when.")
        tell = good.get("tell", ())
        return Route(good.get("name", ""), When(**when), tell, self.origin)

    def _read(
        self, index: int, table: Mapping[str, Any], readers: Mapping[str, Reader], prefix: str
    ) -> dict[str, Any]:
        """What of these keys is usable."""
        good: dict[str, Any] = {}
        for key, value in table.items():
            read = readers.get(key, lambda _, key=key: Bad(_one_of("key", key, readers)))(value)
            if isinstance(read, Bad):
                self._flaw(index, prefix + key, read.cure)
            else:
                good[key] = read
        return good

    def _when_keys(self) -> dict[str, Reader]:
        codes = " is no establishment of config/establishments.csv"
        return {
            "category": _words(lambda word: word in {one.value for one in Category},
                               f" is none of {', '.join(one.value for one in Category)}"),
            "type": _words(TYPE.fullmatch, " is no type: zoom.no-recordings, or zoom.*"),
            "establishment": _words(lambda word: word in self.establishments, codes),
            "region": _words(bool, " is no region"),
            "reason": _words(WORD.fullmatch, " is no reason: one word, as in the report"),
            "severity": _severity,
            "hours": _hours,
            "days": _words(lambda word: word in DAYS, f" is none of {', '.join(DAYS)}"),
            "shared": _yes_or_no,
        }  # fmt: skip

    def _flaw(self, index: int, key: str, says: str) -> None:
        self.flaws.append(Flaw(self.lines.of("route", index, key), key, says))


def _one_of(what: str, found: object, known: Collection[str]) -> str:
    return f"{found} is no {what} here: use {', '.join(known)}"


def _text(value: object) -> object:
    return value if isinstance(value, str) and value else Bad("it must be a text")


def _table(value: object) -> object:
    return value if isinstance(value, dict) else Bad('write it as { category = "security" }')


def _yes_or_no(value: object) -> object:
    return value if isinstance(value, bool) else Bad("it must be true or false")


def _severity(value: object) -> object:
    known = Severity.__members__
    if isinstance(value, str) and value in known:
        return known[value]
    return Bad(f"{value} is none of {', '.join(known)}")


def _hours(value: object) -> object:
    told = HOURS.fullmatch(value) if isinstance(value, str) else None
    if told is None or told[1] + told[2] == told[3] + told[4]:
        return Bad("write UK time from and to, and not the same: 18:00-08:00")
    first, last = time(int(told[1]), int(told[2])), time(int(told[3]), int(told[4]))
    return Hours(first, last)


def _words(good: Callable[[str], object], says: str) -> Callable[[object], object]:
    """One word, or a list of them."""

    def read(value: object) -> object:
        told = value if isinstance(value, list) else [value]
        words = tuple(word for word in told if isinstance(word, str))
        if not words or len(words) < len(told):
            return Bad("it must be a text, or a list of some")
        wrong = [word for word in words if not good(word)]
        return Bad(f"{', '.join(wrong)}{says}") if wrong else words

    return read


_tell = _words(
    lambda word: word in PLACES, f", which is nobody: tell some of {', '.join(PLACES)}"
)


def _wider(scope: str) -> Callable[[object], Any]:
    """Inboxes of this scope or a wider one: a letter never goes to another place."""
    wide = SCOPES[SCOPES.index(scope) :]
    fit = [
        name
        for name, (of, role) in PLACES.items()
        if of in wide and role not in {PHONE, *COPIES}
    ]
    return _words(lambda word: word in fit, f" cannot stand in here: use {', '.join(fit)}")
