"""The life of a contact window, and who may attest what."""

import pytest

from agent.domain.contact import LIVE, SHUT, STEPS, Mode, State, Window, after, window_id
from tests.support.cases import NOW


def a_window(state: State = State.REQUESTED, **changes: object) -> Window:
    told: dict[str, object] = {
        "id": window_id("C-2026-00001", 1), "call": "C-2026-00001", "number": 1,
        "establishment": "MDI", "device": "K10001", "group": "G", "account": "a@b.example",
        "mode": Mode.CONTACT, "state": state, "version": 1, "contact": "p", "entry": 3,
        "until": NOW, "closing": "contact.close/C-2026-00001-W1", "made_at": NOW,
    }  # fmt: skip
    return Window(**told | changes)  # type: ignore[arg-type]


def test_every_live_state_can_be_closed_and_none_other() -> None:
    assert {state for state in State if after(a_window(state), "close")} == set(LIVE)
    assert all(after(a_window(state), "close") is State.CLOSING for state in LIVE)


def test_only_what_two_people_attested_is_ever_verified() -> None:
    """E2: a window that is closed, and that nobody attested, is not green."""
    ways = [state for state, to in STEPS["verify"].items() if to is State.VERIFIED]
    assert set(ways) == {State.ATTESTED, State.NOT_VERIFIED, State.VERIFIED}
    assert set(STEPS["not-verify"]) == {State.ATTESTED, State.NOT_VERIFIED, State.VERIFIED}
    assert after(a_window(State.CLOSED), "verify") is None
    assert after(a_window(State.CLOSED), "attest") is State.ATTESTED


def test_what_re_appears_is_to_be_removed_once_more() -> None:
    assert all(after(a_window(state), "re-appear") is State.CLOSED for state in SHUT)


@pytest.mark.parametrize(
    ("state", "attested", "is_left"),
    [
        (State.CLOSING, None, True),
        (State.CLOSING, NOW, False),
        (State.CLOSED, None, True),
        (State.INVITED, None, False),
        (State.VERIFIED, NOW, False),
    ],
)
def test_it_is_left_until_two_people_attested_it(
    state: State, attested: object, is_left: bool
) -> None:
    window = a_window(state, attested_at=attested)
    assert window.is_left is is_left
    assert window.is_live is (state is State.INVITED)
