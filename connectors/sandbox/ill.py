"""What can go wrong on the way to the outside and back: one catalogue, by name.

What concerns bodies, pages and tokens is done by the core; what concerns sockets is only
named here (`Break`) and carried out by whoever has them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from connectors.sandbox.paged import Page
from connectors.sandbox.wire import Answer, Break

HTML = "<!doctype html><html><title>Sign in</title><p>Please sign in to the network.</html>"
AS_HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True, slots=True)
class Ill:
    """One fault. `status`, in the vendor's words, or `instead` come in place of the work.

    `wait` writes a Retry-After, told what time it is.
    """

    what: str
    status: int | None = None
    wait: Callable[[datetime], str] | None = None
    instead: Answer | None = None
    revokes: bool = False
    page: Page | None = None
    change: Callable[[Answer], Answer] | None = None
    breaks: Break = Break.NONE


def _busy(what: str, wait: str) -> Ill:
    return Ill(f"429 that {what}", 429, lambda now: wait)


def _in_a_second(now: datetime) -> str:
    return format_datetime(now.replace(microsecond=0) + timedelta(seconds=1), usegmt=True)


def _broken(breaks: Break) -> Ill:
    """Where nothing of an answer is seen, there is no need for one."""
    worked = breaks in (Break.LOST, Break.CUT, Break.CUT_CHUNK, Break.DRIP)
    return Ill(breaks.value, instead=None if worked else Answer(503), breaks=breaks)


def _truncated(answer: Answer) -> Answer:
    """Whole as HTTP goes, cut as JSON. What is no 200 stays as it is."""
    if answer.status != 200:
        return answer
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    kind = {"Content-Type": "application/json"}
    return Answer(answer.status, text[: len(text) * 2 // 3], {**kind, **answer.headers})


ILLS: Mapping[str, Ill] = {
    "busy": Ill("429 that says nothing of when to come back", 429),
    "busy-seconds": _busy("asks to wait for a second", "1"),
    "busy-fraction": _busy("asks to wait for a part of a second", "0.4"),
    "busy-date": Ill("429 that names the time to come back", 429, _in_a_second),
    "busy-long": _busy("asks to wait for an hour", "3600"),
    "error-500": Ill("500, in the vendor's words", 500),
    "error-502": Ill("502, in the vendor's words", 502),
    "error-503": Ill("503, in the vendor's words", 503),
    "html-502": Ill("502 with a page of a proxy", instead=Answer(502, HTML, AS_HTML)),
    "html": Ill("200 with a page of a proxy", instead=Answer(200, HTML, AS_HTML)),
    "empty": Ill("200 without a body", instead=Answer(200)),
    "empty-object": Ill("200 with an object that has nothing in it", instead=Answer(200, {})),
    "truncated": Ill("200 with JSON that breaks off", change=_truncated),
    "same-token": Ill("a page that names itself as the next", page=Page.SAME_TOKEN),
    "shorter": Ill("a record is gone between two pages", page=Page.SHORTER),
    "longer": Ill("a record came in between two pages", page=Page.LONGER),
    "token-revoked": Ill("all tokens are ended by this call", 401, revokes=True),
    "tokens-refused": Ill("from this call on no token is taken", 401, revokes=True),
    "timeout": _broken(Break.SILENCE),
    "lost": _broken(Break.LOST),
    "cut": _broken(Break.CUT),
    "cut-chunk": _broken(Break.CUT_CHUNK),
    "drip": _broken(Break.DRIP),
    "refused": _broken(Break.SHUT),
    "certificate-expired": _broken(Break.EXPIRED),
}
