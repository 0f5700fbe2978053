"""Lists that move, or lead in a circle, while they are read page by page."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from connectors.sandbox.wire import Answer, Json, Request

TOKENS = ("$skiptoken", "next_page_token")  # in a query: a later page is asked for
NEXT = ("@odata.nextLink", "next_page_token")  # in a body: there is a later page
TOTALS = ("@odata.count", "total_records")


class Page(Enum):
    """What is wrong with the later pages of a list."""

    SAME_TOKEN = "the page before is named as the next"  # noqa: S105
    SHORTER = "the first record has moved to the page before, where nobody looks again"
    LONGER = "the last record of the page before comes again"


@dataclass
class Later:
    """Knows the pages that were given, by list."""

    _before: dict[str, Json] = field(default_factory=dict)

    def remember(self, request: Request, body: Any) -> None:
        if isinstance(body, dict):
            self._before[_list(request)] = body

    def changed(self, page: Page, request: Request, answer: Answer) -> Answer:
        """A later page as it is once the list has moved, or with the way back in it."""
        before = self._before.get(_list(request))
        if before is None or not isinstance(answer.body, dict) or answer.status != 200:
            return answer
        if page is Page.SAME_TOKEN:
            again = {name: before[name] for name in NEXT if before.get(name)}
            return replace(answer, body=answer.body | again)
        return replace(answer, body=_moved(page, before, answer.body))


def is_later(request: Request) -> bool:
    return any(request.query.get(name) for name in TOKENS)


def _list(request: Request) -> str:
    same = sorted((name, value) for name, value in request.query.items() if name not in TOKENS)
    return f"{request.path}?{same}"


def _moved(page: Page, before: Json, body: Json) -> Json:
    by = -1 if page is Page.SHORTER else 1
    counted = {name: body[name] + by for name in TOTALS if isinstance(body.get(name), int)}
    rows = {
        name: found[1:] if page is Page.SHORTER else [*before.get(name, [])[-1:], *found]
        for name, found in _lists(body)
    }
    return body | counted | rows


def _lists(body: Json) -> Iterator[tuple[str, list[Any]]]:
    return ((name, value) for name, value in body.items() if isinstance(value, list))
