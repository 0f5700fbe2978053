"""A list of Zoom's, page by page, and whether it was proven whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from agent.errors import ConnectorError, UnknownReply
from connectors.http import Answer
from connectors.zoom.client import SOURCE, Ask, Client
from connectors.zoom.faults import Declined

MOST_PAGES = 1000
EXPIRED = "300"  # a page token lives for 15 minutes

Turned = Callable[[int], None]
"""Called after each page with how many rows there are so far."""


class Head(msgspec.Struct):
    """What a page says of itself. The period is as Zoom writes it."""

    next_page_token: str | None = None
    total_records: Any = None
    first: Any = msgspec.field(name="from", default=None)
    last: Any = msgspec.field(name="to", default=None)


@dataclass(slots=True)
class Listed:
    """The rows as far as they came. Without `error` they are all."""

    rows: list[msgspec.Raw] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    error: ConnectorError | None = None


class _Expired(UnknownReply):
    """The token of the next page has ended."""


class _Moved(UnknownReply):
    """The list is not the one any more that the first page is of."""


def listed(client: Client, ask: Ask, name: str, turned: Turned) -> Listed:
    """Every row below `name`. A list that moves, or whose page token expires, is read again,
    once; what was seen before that is kept where the second time does not come to the end."""
    first = _listed(client, ask, name, turned)
    if not isinstance(first.error, _Expired | _Moved):
        return first
    again = _listed(client, ask, name, turned)
    if again.error is None:
        return again
    rows = {bytes(row): row for row in (*first.rows, *again.rows)}
    return Listed(list(rows.values()), [*first.heads, *again.heads], again.error)


def unturned(rows: int) -> None:
    """For a list that nobody waits for."""


def _listed(client: Client, ask: Ask, name: str, turned: Turned) -> Listed:
    found = Listed()
    try:
        _fill(found, client, ask, name, turned)
    except ConnectorError as err:
        found.error = err
    return found


def _fill(found: Listed, client: Client, ask: Ask, name: str, turned: Turned) -> None:
    seen: set[str] = set()
    next_ = ask
    while True:
        answer = _page(client, next_, is_first=next_ is ask)
        found.rows += _rows(answer, name)
        head = answer.parsed(Head)
        found.heads.append(head)
        turned(len(found.rows))
        token = head.next_page_token
        if not token:
            _prove_whole(answer, found)
            return
        if token in seen or len(seen) == MOST_PAGES:
            raise UnknownReply(f"{answer.what}: the pages lead in a circle")
        seen.add(token)
        next_ = ask.on(token)


def _page(client: Client, ask: Ask, *, is_first: bool) -> Answer:
    try:
        return client.get(ask)
    except Declined as err:
        if not is_first and err.code == EXPIRED:
            raise _Expired(f"{SOURCE}: GET {ask.shown}: page tokens expire at once") from err
        raise


def _rows(answer: Answer, name: str) -> list[msgspec.Raw]:
    """A page without the list is not an empty one."""
    rows = answer.parsed(dict[str, msgspec.Raw]).get(name)
    if rows is None:
        raise UnknownReply(f"{answer.what}: no {name} in the answer")
    return Answer(answer.what, answer.status, bytes(rows)).parsed(list[msgspec.Raw])


def _prove_whole(answer: Answer, found: Listed) -> None:
    """A row that came twice stands for no other: a list may move while it is read."""
    totals = {head.total_records for head in found.heads if isinstance(head.total_records, int)}
    different = len({bytes(row) for row in found.rows})
    moved = f"{answer.what}: the list changed while it was read:"
    if len(totals) > 1:
        had = " and then ".join(map(str, sorted(totals)))
        raise _Moved(f"{moved} it had {had} records")
    if any(different < total for total in totals):
        raise _Moved(f"{moved} {different} of {max(totals)} records came")
