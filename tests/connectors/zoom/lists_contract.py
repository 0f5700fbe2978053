"""What every Zoom must keep of a group's lists. `control` acts and `reading` reads; `group` is
closed at first; `wanted` are addresses."""

import pytest

from agent.domain.facts import Known, Unknown
from agent.domain.zoom import AllowList
from agent.domain.zoom_windows import holds
from agent.errors import NotThere, Refused
from agent.ports.zoom_windows import ListControl, ListReading

MOTHER, AUNT = "mother@family.example", "o'neil+1@family.example"
NOBODY: frozenset[str] = frozenset()
ODD = (
    f"{MOTHER},{AUNT}",
    f"{MOTHER},x.example",
    f"x,{MOTHER}",
    f"{MOTHER} {AUNT}",
    f"{MOTHER};x",
    "mother",
    "",
    "@",
    "a@b@c.example",
    "<a@b.example>",
    "mother@family",
    "m\N{LATIN SMALL LETTER O WITH DIAERESIS}@family.example",
)


def held(reading: ListReading, group: str, addresses: frozenset[str]) -> bool:
    fact = holds(reading.allow_lists(group), addresses)
    assert isinstance(fact, Known)
    return fact.value


class ListsContract:
    """Holds for every Zoom, real or ours."""

    def test_both_lists_hold_what_was_asked_and_no_more(
        self, control: ListControl, reading: ListReading, group: str
    ) -> None:
        assert held(reading, group, NOBODY)
        control.set_allowed(group, frozenset({MOTHER, AUNT}))
        both = frozenset({MOTHER, AUNT})
        lists = reading.allow_lists(group)
        for fact in (lists.adding, lists.chatting):
            assert isinstance(fact, Known)
            assert fact.value == AllowList(True, 4, both)
        assert held(reading, group, both)
        assert not held(reading, group, frozenset({MOTHER}))
        assert not held(reading, group, NOBODY)

    def test_a_list_is_replaced_whole_and_closed_at_the_end(
        self, control: ListControl, reading: ListReading, group: str
    ) -> None:
        for wanted in ({MOTHER}, {AUNT}, set[str](), {AUNT}):
            control.set_allowed(group, frozenset(wanted))
            assert held(reading, group, frozenset(wanted))

    def test_the_same_again_changes_nothing(
        self, control: ListControl, reading: ListReading, group: str
    ) -> None:
        for _ in range(2):
            control.set_allowed(group, frozenset({MOTHER}))
        assert held(reading, group, frozenset({MOTHER}))

    def test_capitals_are_no_other_address(
        self, control: ListControl, reading: ListReading, group: str
    ) -> None:
        control.set_allowed(group, frozenset({MOTHER.upper()}))
        assert held(reading, group, frozenset({MOTHER}))

    @pytest.mark.parametrize("odd", ODD)
    def test_what_is_no_address_is_refused_and_opens_nothing(
        self, control: ListControl, reading: ListReading, group: str, odd: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            control.set_allowed(group, frozenset({MOTHER, odd}))
        assert not odd or odd not in str(refused.value)
        assert "address" in refused.value.hint
        assert held(reading, group, NOBODY)

    def test_a_group_that_is_not_there_is_told_apart(
        self, control: ListControl, reading: ListReading
    ) -> None:
        with pytest.raises(NotThere):
            control.set_allowed("nogroup", frozenset({MOTHER}))
        assert isinstance(holds(reading.allow_lists("nogroup"), NOBODY), Unknown)
