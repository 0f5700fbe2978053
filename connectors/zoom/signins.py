"""Who signed in, from Zoom's report of sign-ins and sign-outs (a heavy call)."""

from typing import Any

import msgspec

from agent.domain.facts import Reading, reading
from agent.domain.zoom import SignIn, Span
from agent.errors import UnknownReply
from agent.ports.zoom import Beat
from connectors.http import parsed
from connectors.zoom.client import SOURCE, Ask, Client
from connectors.zoom.limits import Label
from connectors.zoom.paging import listed
from connectors.zoom.periods import clipped, days, parts
from connectors.zoom.rows import address, moment, plain

SHOWN = "report/activities"
SIGN_OUT = "sign out"
ODD_ROW = "a row of the sign-ins cannot be read"


class _Row(msgspec.Struct):
    email: Any = None
    time: Any = None
    type: Any = None
    client_type: Any = None
    version: Any = None


class ZoomSignIns:
    def __init__(self, client: Client) -> None:
        self._client = client

    def sign_ins(self, span: Span, beat: Beat) -> Reading[SignIn]:
        at = self._client.line.now()
        found: list[SignIn] = []
        gaps: list[str] = []
        for part in parts(span):
            query = {**days(part), "page_size": "300"}
            ask = Ask(SHOWN, Label.HEAVY, SHOWN, query)
            told = listed(
                self._client, ask, "activity_logs", lambda rows: beat("sign-ins", rows, 0)
            )
            wrong = clipped(told.heads, query, SHOWN)
            gaps += [str(told.error)] if told.error else [wrong.why] if wrong else []
            for raw in told.rows:
                try:
                    signed_in = _sign_in(parsed(SHOWN, raw, _Row))
                except UnknownReply:
                    gaps.append(ODD_ROW)
                    continue
                found += signed_in
                gaps += [ODD_ROW for one in signed_in if one.at is None]
        gap = "; ".join(dict.fromkeys(gaps)) or None
        return reading(SOURCE, at, found, lambda one: one.email, gap)


def _sign_in(row: _Row) -> list[SignIn]:
    """Nothing for a sign-out; what is of no known kind counts as a sign-in."""
    if plain(row.type).lower() == SIGN_OUT:
        return []
    email = address(row.email)
    if not email:
        raise UnknownReply("a sign-in without an address")
    return [SignIn(email, moment(row.time), plain(row.client_type), plain(row.version))]
