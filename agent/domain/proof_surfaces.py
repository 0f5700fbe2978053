"""Each place where something of a contact could be left: what was done there, what was read.

What no service of Zoom's can remove says so, and who looked at it on the iPad instead.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from agent.domain.check import Finding, Verdict
from agent.domain.contact import Evidence, Window

Told: TypeAlias = dict[str, Any]
NOT_USED, NOT_YET, OPEN, GONE = "not used", "not yet", "open", "gone"
ATTESTED, LEFT, STAYS = "attested", "still there", "not withdrawn"
NONE_FOUND, FOUND, UNKNOWN, NOT_ASKED = (
    "none found", "found", "nobody can tell", "not asked yet",
)  # fmt: skip
NO_WITHDRAWAL = "Zoom has no call that withdraws an invitation or tells that one is pending"
NO_REMOVAL = "Zoom has no call that removes an external contact"
NO_CHAT = "Zoom has no call that removes a chat from an iPad"
NO_HISTORY = "Zoom has no call that removes a call from an iPad's history"
NO_MAILBOX = "the agent reads no mailbox"
RECORDINGS = "recordings"
CHECKS = ("zoom.no-recordings", "zoom.no-summaries", "zoom.no-transcripts")
PROCESSED = timedelta(hours=24)  # Zoom may need as long until a recording is listed


@dataclass(frozen=True, slots=True)
class Surface:
    """`told` are the words under which evidence of it is kept; `means` what each result says
    of it, a result without a line saying nothing new."""

    name: str
    told: tuple[str, ...]
    means: Mapping[str, str]
    why_not: str = ""  # why no service of Zoom's removes it


BY_PEOPLE = {"gone": GONE, "still there": LEFT, "nobody can read it": ATTESTED}
LISTS = {"holds the address": OPEN, "does not hold the address": GONE}
MEETING = {"gone": GONE, "still there": LEFT}
SURFACES = (
    Surface("allow-list for adding", ("allow-list for adding",), LISTS),
    Surface("allow-list for chatting", ("allow-list for chatting",), LISTS),
    Surface("invitation", ("invitation",), {}, NO_WITHDRAWAL),
    Surface("external contact", ("external contact", "contact"), BY_PEOPLE, NO_REMOVAL),
    Surface("chat session", ("chat",), {}, NO_CHAT),
    Surface("call history on the iPad", ("call_history",), {}, NO_HISTORY),
    Surface("mailbox on the iPad", ("mailbox",), {}, NO_MAILBOX),
    Surface("scheduled meeting", ("scheduled meeting",), MEETING),
)


def surfaces(window: Window) -> list[Told]:
    """All but the recordings, in one order."""
    return [_told(surface, window) for surface in SURFACES]


def _told(surface: Surface, window: Window) -> Told:
    rows = [row for row in window.evidence if row.surface in surface.told]
    read = [row for row in rows if row.what == "read-back"]
    seen = _attested(rows, window)
    return {
        "surface": surface.name,
        "state": _state(surface, rows, seen, window),
        "done": [_row(row) for row in rows],
        "read_back": _row(read[-1]) if read else None,
        "attested": {"at": moment(seen.at), "by": sorted(seen.by.split())} if seen else None,
        "not_by_zoom": surface.why_not,
    }


def _attested(rows: Iterable[Evidence], window: Window) -> Evidence | None:
    """What was attested before the contact appeared again counts no more."""
    found = [row for row in rows if row.what == "attested"]
    return found[-1] if found and window.attested_at is not None else None


def _state(
    surface: Surface, rows: Sequence[Evidence], seen: Evidence | None, window: Window
) -> str:
    if surface.why_not == NO_WITHDRAWAL:
        return STAYS if rows else NOT_USED
    state = NOT_YET if surface.why_not else NOT_USED
    for row in rows:
        state = OPEN if state == NOT_USED else state
        state = surface.means.get(row.result, state) if row.what == "read-back" else state
        state = ATTESTED if row == seen else state
    return state


def _row(row: Evidence) -> Told:
    return {
        "at": moment(row.at), "what": row.what, "result": row.result, "request": row.request,
        "by": sorted(row.by.split()) or ["agent"],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What one sweep says of what was kept on this iPad. `at` is when it began."""

    sweep: str
    at: datetime
    verdicts: tuple[Finding, ...]

    @property
    def state(self) -> str:
        if any(one.verdict is Verdict.FAIL for one in self.verdicts):
            return FOUND
        passed = {one.check for one in self.verdicts if one.verdict is Verdict.PASS}
        return NONE_FOUND if passed == set(CHECKS) else UNKNOWN


@dataclass(frozen=True, slots=True)
class Noticed:
    """A recording, or AI Companion, that Zoom told of while the call ran or just after it."""

    at: datetime
    sign: str
    incident: str


def recordings(looks: Sequence[Look], noticed: Sequence[Noticed], over: datetime) -> Told:
    """Of the sweeps since the call began, the oldest first, and of what was noticed at once.

    What any of them found counts for ever. That there is none is told by the first one that
    began a day after the call and could read all of it: the proof is not another one each
    morning.
    """
    found = [one for one in looks if one.state == FOUND]
    late = [one for one in looks if one.at >= over + PROCESSED]
    clean = [one for one in late if one.state == NONE_FOUND]
    one = next(iter(found or clean or late[::-1]), None)
    state = one.state if one else NOT_ASKED
    return {
        "surface": RECORDINGS,
        "state": FOUND if noticed else state,
        "noticed": [
            {"at": moment(n.at), "sign": n.sign, "incident": n.incident} for n in noticed
        ],
        "not_before": moment(over + PROCESSED),
        "sweep": {"id": one.sweep, "began": moment(one.at)} if one else None,
        "checks": {f.check: f.reason or f.verdict.value for f in one.verdicts} if one else {},
    }


def moment(at: datetime) -> str:
    """UTC, to the second."""
    return at.isoformat(timespec="seconds")
