from datetime import UTC, datetime

import pytest

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import NOT_TOLD, AllowList, AllowLists
from agent.domain.zoom_windows import (
    ONE_OFF,
    OneOffMeeting,
    Participant,
    WantedMeeting,
    holds,
    unlike,
)

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
MOTHER, AUNT = "mother@family.example", "aunt@family.example"
OFF = AllowList(enabled=False, option=0, addresses=frozenset())


def by_address(*addresses: str) -> AllowList:
    return AllowList(enabled=True, option=4, addresses=frozenset(addresses))


def told(one: AllowList | None) -> Fact[AllowList]:
    return NOT_TOLD if one is None else Known(one, "Zoom", AT)


ANYONE = AllowList(enabled=True, option=1, addresses=frozenset())


@pytest.mark.parametrize(
    ("adding", "chatting", "wanted", "found"),
    [
        (by_address(MOTHER), by_address(MOTHER), {MOTHER}, True),
        (by_address(MOTHER, AUNT), by_address(AUNT, MOTHER), {MOTHER, AUNT}, True),
        (by_address(MOTHER, AUNT), by_address(MOTHER), {MOTHER}, False),
        (by_address(MOTHER), by_address(AUNT), {MOTHER}, False),
        (by_address(MOTHER), OFF, {MOTHER}, False),
        (ANYONE, by_address(MOTHER), {MOTHER}, False),
        (OFF, OFF, set(), True),
        (by_address(), OFF, set(), True),
        (ANYONE, OFF, set(), False),
        (OFF, by_address(MOTHER), set(), False),
        (None, by_address(MOTHER), set(), False),
        (by_address(MOTHER), None, set(), False),
        (None, OFF, set(), None),
        (by_address(MOTHER), None, {MOTHER}, None),
        (None, None, set(), None),
    ],
)
def test_lists_hold_what_is_wanted_only_where_both_were_read_and_do(
    adding: AllowList | None,
    chatting: AllowList | None,
    wanted: set[str],
    found: bool | None,
) -> None:
    fact = holds(AllowLists(told(adding), told(chatting)), frozenset(wanted))
    assert (fact.value if isinstance(fact, Known) else None) is found


def settings(**changes: Fact[object]) -> dict[str, Fact[object]]:
    usual = {path: Known(value, "Zoom", AT) for path, value in ONE_OFF.items()}
    return {**usual, **changes}


def test_a_meeting_is_as_it_must_be_only_where_every_setting_is_known_to_be() -> None:
    assert unlike(settings()) == {}
    on: Fact[object] = Known(True, "Zoom", AT)
    assert unlike(settings(join_before_host=on)) == {"join_before_host": on}
    assert unlike(settings(waiting_room=NOT_TOLD)) == {"waiting_room": NOT_TOLD}
    assert set(unlike({})) == set(ONE_OFF)
    gap = Unknown("not-read", "why")
    assert unlike(settings(auto_recording=gap)) == {"auto_recording": gap}


def test_what_lets_somebody_in_and_who_took_part_is_never_shown() -> None:
    wanted = WantedMeeting(topic="Call", start=AT, minutes=30, passcode="s3cret")
    meeting = OneOffMeeting(
        id="1",
        uuid="u==",
        host="h",
        topic=NOT_TOLD,
        start=NOT_TOLD,
        minutes=NOT_TOLD,
        running=NOT_TOLD,
        settings={},
        join_url="https://zoom.example/j/1?pwd=s3cret",
        passcode="s3cret",
    )
    mother = Participant(
        ours=NOT_TOLD,
        joined=NOT_TOLD,
        left=NOT_TOLD,
        waiting=NOT_TOLD,
        name="Mother",
        email=MOTHER,
    )
    shown = f"{wanted!r} {meeting!r} {mother!r}"
    for secret in ("s3cret", "Mother", MOTHER):
        assert secret not in shown
