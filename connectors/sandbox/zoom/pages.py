"""Lists in pages. A token of the next page lives 15 minutes and is good for its own query."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.wire import Call, Refused

LIFE = timedelta(minutes=15)
Read = Callable[[int], Json | None]


@dataclass(frozen=True, slots=True)
class Cut:
    """One page: its rows, its size and the token of the next, empty at the end."""

    rows: list[Json]
    size: int
    token: str

    def numbers(self) -> Json:
        return {"page_size": self.size, "next_page_token": self.token}


@dataclass
class Pages:
    """`repeats`: a fault of Zoom's side, the same page and token again and again.

    `most`: no page has more rows, whatever is asked for.
    """

    clock: Callable[[], datetime]
    repeats: bool = False
    most: int | None = None
    _tokens: dict[str, tuple[str, int, datetime]] = field(default_factory=dict)
    _made: int = 0

    def cut(self, call: Call, rows: Sequence[Json], usual: int, most: int) -> Cut:
        return self.walk(call, len(rows), lambda place: rows[place], usual, most)

    def walk(self, call: Call, places: int, read: Read, usual: int, most: int) -> Cut:
        """The same over places that are read one by one; some may be empty."""
        size, start = self._size(call, usual, most), self._start(call)
        rows: list[Json] = []
        for place in range(start, places):
            row = read(place)
            if row is None:
                continue
            if len(rows) == size:
                return Cut(rows, size, self._token(call, start if self.repeats else place))
            rows.append(row)
        return Cut(rows, size, "")

    def _size(self, call: Call, usual: int, most: int) -> int:
        text = call.text("page_size", str(usual))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise Refused(400, 300, f"The page_size must be between 1 and {most}.")
        return min(int(text), self.most or most)

    def _start(self, call: Call) -> int:
        token = call.query.get("next_page_token")
        if not token:
            return 0
        query, place, ends = self._tokens.get(token, ("", 0, self.clock()))
        if ends <= self.clock() or query != _query(call):
            raise Refused(400, 300, "The next page token is invalid or expired.")
        return place

    def _token(self, call: Call, place: int) -> str:
        now = self.clock()
        if self.repeats and call.query.get("next_page_token"):
            return call.query["next_page_token"]
        self._tokens = {old: one for old, one in self._tokens.items() if one[2] > now}
        self._made += 1
        text = f"{self._made}/{_query(call)}/{place}"
        token = hashlib.sha256(text.encode()).hexdigest()[:40]
        self._tokens[token] = (_query(call), place, now + LIFE)
        return token


def _query(call: Call) -> str:
    asked = sorted((name, value) for name, value in call.query.items() if name[:4] != "next")
    return f"{call.app}/{call.user}{call.request.path}?{asked}"
