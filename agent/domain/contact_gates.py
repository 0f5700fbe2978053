"""What must hold before somebody is invited, and before a removal is attested."""

from collections.abc import Iterable

from agent.domain.call_gates import Case
from agent.domain.contact import Mode, State
from agent.domain.steps import Gate, unless


def _place(case: Case) -> Iterable[str]:
    """Where the agent cannot invite, people still can: nothing else stops the call."""
    if case.reach:
        yield f"{case.reach}; the call can be made by the card: callsteward call card"


def _one_window(case: Case) -> Iterable[str]:
    window, mode = case.window, case.said.mode
    if window is None:
        return
    if window.mode.value != mode:
        yield f"{window.id} is open in another way: {window.mode.value}"
    elif window.mode is Mode.MEETING:
        yield f"{window.id} has its meeting already: callsteward contact show"
    elif window.state is State.REQUESTED:
        yield f"{window.id} is being opened already: callsteward contact show"


def _limits(case: Case) -> Iterable[str]:
    """Limits of ours, since Zoom has none; the SPOC says why where more is needed."""
    if case.said.despite:
        return
    if case.window is not None and case.window.sent >= case.rules.invitations:
        yield f"it was sent {case.window.sent} times; say why it is sent again: --despite"
    if case.window is None and case.opened_today >= case.rules.windows_a_day:
        yield f"{case.opened_today} were invited on this iPad today; say why: --despite"


def _left(case: Case) -> Iterable[str]:
    if not case.left:
        yield "nothing is to be removed: no contact window of this call is closing or closed"


reach: Gate[Case] = Gate("K3", _place)
one_window: Gate[Case] = Gate("K3", _one_window)
limits: Gate[Case] = Gate("K3", _limits)
left: Gate[Case] = Gate("E2", _left)
two_removers: Gate[Case] = Gate(
    "E2",
    unless(lambda c: c.said.removed_by != c.said.seen_by, "two different people are needed"),
)
