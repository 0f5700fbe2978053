"""Spans of days in parts that Zoom takes, and the proof that an answer is about one of them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from agent.domain.facts import Unknown
from agent.domain.zoom import Span
from connectors.zoom.paging import Head

LONGEST = 30  # days; what is wider, Zoom clips without a word
DAY = timedelta(days=1)


def parts(span: Span) -> Iterator[Span]:
    """The span in parts of at most 30 days and one month, without a gap between them."""
    first = span.first
    while first <= span.last:
        last = min(first + (LONGEST - 1) * DAY, span.last)
        while _month_before(last) > first:  # February is shorter than 30 days
            last -= DAY
        yield Span(first, last)
        first = last + DAY


def _month_before(day: date) -> date:
    """The same day of the month before, or that month's last."""
    end = day.replace(day=1) - DAY
    return end.replace(day=min(day.day, end.day))


def days(span: Span) -> dict[str, str]:
    """The query for a span."""
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}


def seconds(span: Span) -> dict[str, str]:
    """The query for a span where Zoom wants times."""
    return {"from": f"{span.first}T00:00:00Z", "to": f"{span.last}T23:59:59Z"}


def clipped(heads: list[Head], asked: dict[str, str], what: str) -> Unknown | None:
    """Why a list may be about another period than asked. Each page has to name its own."""
    for head in heads:
        told = (head.first, head.last)
        if told != (asked["from"], asked["to"]):
            shown = " to ".join(map(_shown, told))
            why = f"{what}: asked for {asked['from']} to {asked['to']}, answered for {shown}"
            return Unknown("period-clipped", why)
    return None


def contradicted(heads: list[Head], asked: dict[str, str], what: str) -> Unknown | None:
    """The same, for a list that need not name its period."""
    return clipped([head for head in heads if head.first or head.last], asked, what)


def _shown(raw: object) -> str:
    return raw if isinstance(raw, str) and re.fullmatch(r"[0-9TZ:.+-]{1,40}", raw) else "?"
