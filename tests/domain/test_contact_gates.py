"""What keeps somebody from being invited, whichever way the window is open."""

from types import SimpleNamespace

import pytest

from agent.domain.contact import Mode, State, Window, window_id
from agent.domain.contact_gates import one_window
from agent.domain.contact_words import Invite
from tests.support.cases import NOW


def refused(window: Window | None, said: Invite) -> list[str]:
    case = SimpleNamespace(window=window, said=said)
    return [str(gap) for gap in one_window.gaps(case)]  # type: ignore[arg-type]


def a_window(mode: Mode, state: State) -> Window:
    return Window(
        id=window_id("C-2026-00001", 1), call="C-2026-00001", number=1, establishment="MDI",
        device="K10001", group="G", account="a@b.example", mode=mode, state=state, version=1,
        contact="p", entry=3, until=NOW, closing="contact.close/C-2026-00001-W1", made_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "state", "said", "why"),
    [
        (Mode.CONTACT, State.INVITED, "contact", ""),
        (Mode.CONTACT, State.REQUESTED, "contact", "being opened already"),
        (Mode.CONTACT, State.INVITED, "meeting", "open in another way: contact"),
        (Mode.MEETING, State.REQUESTED, "contact", "open in another way: meeting"),
        (Mode.MEETING, State.OPEN, "meeting", "has its meeting already"),
    ],
)
def test_a_call_has_one_window_that_is_open_in_one_way(
    mode: Mode, state: State, said: str, why: str
) -> None:
    """K3: to be sent again is the only thing that an open window allows."""
    gaps = refused(a_window(mode, state), Invite(mode=said))
    assert (len(gaps) == 0) if not why else (len(gaps) == 1 and why in gaps[0])


def test_where_no_window_is_open_none_is_in_the_way() -> None:
    assert refused(None, Invite()) == []
