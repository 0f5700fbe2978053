"""The purge proof: what became of everything that one contact window could leave behind.

It follows from what we know alone, so that the same knowledge is the same proof, and names
nobody but staff ids: the contact is a keyed pseudonym.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.call import Call, Entry
from agent.domain.contact import State, Window
from agent.domain.proof_surfaces import (
    FOUND,
    LEFT,
    NOT_ASKED,
    UNKNOWN,
    Look,
    Noticed,
    Told,
    moment,
    recordings,
    surfaces,
)

FORM = "callsteward purge proof 1"
PROVEN, PARTLY, FAILED, NOT_YET = "proven", "partly attested", "failed", "not yet"
NOT_COVERED = (
    "a phone or a camera that films a screen",
    "a recording made by software on the family's own device",
    "what the family's own Zoom account and mailbox keep of the invitation, chat and call",
    "what two people attest on the iPad, which no machine reads back",
    "what Zoom keeps that none of its services show",
)
STEPS = {
    "ended": ("end",),
    "cancelled": ("cancel",),
    "refused": ("approve",),
    "expired": ("expire",),
    "replaced": ("inform",),
    "moved": ("move",),
}
"""Whose step asked for a window's end, by its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a proof is made of."""

    window: Window
    call: Call
    local_id: str
    looks: Sequence[Look]  # of the sweeps since the call began, the oldest first
    noticed: Sequence[Noticed]  # of the call's own time
    night: datetime | None  # when the contacts are read again; None: nothing is owed
    policy: str  # the version of the scheme pack


def proof_id(window: str, number: int) -> str:
    """C-2026-00001-W1-P1: each change of what is known is another proof."""
    return f"{window}-P{number}"


def purge_proof(known: Known, number: int) -> Told:
    """What is signed. Values are texts, lists and objects only."""
    window, call = known.window, known.call
    every = [*surfaces(window), recordings(known.looks, known.noticed, over(window, call))]
    return {
        "form": FORM,
        "id": proof_id(window.id, number),
        "window": window.id,
        "call": call.id,
        "establishment": window.establishment,
        "device": {"local_id": known.local_id, "tag": window.device},
        "contact": window.contact,
        "way": window.mode.value,
        "state": window.state.value,
        "asked": _asked(window, call),
        "surfaces": every,
        "recheck": _recheck(known),
        "policy": known.policy,
        "result": _result(window, [one["state"] for one in every]),
        "not_covered": list(NOT_COVERED),
    }


def over(window: Window, call: Call) -> datetime:
    """When staff ended the call; else when it would have been over at the latest."""
    ended = call.last("end")
    return ended.at if ended else window.until


def begun(call: Call) -> datetime:
    """When the first leg began; else when it was to begin."""
    legs = call.of("start")
    return legs[0].at if legs else call.at


def _asked(window: Window, call: Call) -> Told | None:
    """Who asked for the window's end, when and why; None: nobody yet."""
    if not window.reason:
        return None
    entry = _entry(window, call)
    return {
        "why": window.reason,
        "by": entry.by if entry else "agent",
        "at": moment(entry.at if entry else window.until),
    }


def _entry(window: Window, call: Call) -> Entry | None:
    later = [one for one in call.of(*STEPS[window.reason]) if one.number > window.entry]
    if window.reason == "moved":  # another time of the same iPad closes nothing
        later = [one for one in later if one.said["device"] != window.device]
    return later[0] if later else None


def _recheck(known: Known) -> Told:
    """The contacts are read once more in the night after they were read to be gone."""
    if known.night is not None:
        return {"state": "due", "at": moment(known.night)}
    done = known.window.state is State.VERIFIED
    return {"state": "done" if done else "not owed yet", "at": ""}


def _result(window: Window, states: Sequence[str]) -> str:
    """Proven is only what was read back and is nowhere in doubt."""
    if LEFT in states or FOUND in states:
        return FAILED
    if window.state is State.VERIFIED:
        return PARTLY if UNKNOWN in states else PROVEN
    return PARTLY if window.state is State.NOT_VERIFIED else NOT_YET


def open_points(proof: Told) -> list[str]:
    """What is still to come, for people."""
    kept = proof["surfaces"][-1]
    points = []
    if kept["state"] == NOT_ASKED:
        points.append(f"recordings: a sweep after {kept['not_before']} tells")
    if proof["recheck"]["state"] == "due":
        points.append(f"the contacts are read again at {proof['recheck']['at']}")
    return points
