"""C1, C2, C4: what a letter must say, and how it fits the register."""

from dataclasses import replace
from datetime import date

import pytest

from agent.domain.asset import Asset
from agent.domain.authorisation import Authorisation, check, in_force, mismatches
from agent.domain.people import Staff
from agent.domain.references import reference
from agent.errors import BadInput
from tests.support.calls import RULES, a_letter, staff_rows

STAFF = {row["id"]: Staff(**row) for row in staff_rows()}  # type: ignore[arg-type]
TODAY = date(2026, 11, 22)


def refused(**changes: object) -> str:
    with pytest.raises(BadInput) as wrong:
        check(a_letter(**changes), STAFF, RULES.deciders, TODAY)
    return str(wrong.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"grantor": "secretary-of-state", "granted_by": ""},
        {"grantor": "delegate", "granted_by": "S-MDI-SEC", "delegated_by": "S-MDI-GOV"},
        {"to_whom": "description", "persons": "supervising staff and chaplains"},
        {"dated": TODAY},
    ],
)
def test_a_letter_as_section_40e_allows_it_is_taken(changes: dict[str, object]) -> None:
    check(a_letter(**changes), STAFF, RULES.deciders, TODAY)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"grantor": "chaplain"}, "the grantor is one of"),
        ({"to_whom": "everybody"}, "it is given to one of"),
        ({"to_whom": "specified"}, "say which persons"),
        ({"persons": "S-MDI-SUP"}, "say which persons"),
        ({"terms": "x" * 401}, "at most 400"),
        ({"dated": date(2026, 11, 23)}, "has not come yet"),
        ({"review_on": date(2026, 11, 1)}, "review comes after"),
        ({"reference": "the safe"}, "with a digit in it"),
        ({"tags": ()}, "at least one"),
        ({"tags": ("K1", "K1")}, "each asset tag once"),
        ({"granted_by": "S-MDI-SEC"}, "by a governor or director of this establishment"),
        ({"granted_by": "S-LEI-GOV"}, "by a governor or director of this establishment"),
        ({"granted_by": "S-NOBODY"}, "by a governor or director of this establishment"),
        ({"delegated_by": "S-MDI-DEP"}, "by a governor or director of this establishment"),
        ({"grantor": "secretary-of-state"}, "the Secretary of State grants it alone"),
        ({"grantor": "delegate"}, "authorised by its governor or director"),
        (
            {"grantor": "delegate", "granted_by": "S-LEI-SEC", "delegated_by": "S-MDI-GOV"},
            "a person working here",
        ),
    ],
)
def test_what_the_section_does_not_allow_is_refused(
    changes: dict[str, object], says: str
) -> None:
    assert says in refused(**changes)


def test_everything_wrong_is_named_at_once() -> None:
    told = refused(grantor="chaplain", tags=())
    assert "C1" in told
    assert "C2" in told


def kept(number: int, **changes: object) -> Authorisation:
    return Authorisation(id=f"40E-MDI-{number}", letter=a_letter(**changes), recorded_by="S")


def test_the_letter_dated_last_is_in_force_and_of_two_of_a_day_the_later_recorded() -> None:
    old, new = kept(2, dated=date(2026, 10, 1)), kept(1)
    assert in_force([old, new], TODAY) is new
    assert in_force([old, new], date(2026, 10, 20)) is old
    assert in_force([old, new], date(2026, 9, 1)) is None
    assert in_force([kept(9), kept(10)], TODAY) == kept(10)


def an_asset(tag: str, local_id: str) -> Asset:
    return Asset(
        tag=tag, local_id=local_id, establishment="MDI", serial=tag, dom1_address="a",
        m365_user_id="b", apple_user_id="c",
    )  # fmt: skip


BOTH = [an_asset("K10003", "MDIBT001"), an_asset("K10004", "MDIBT002")]


def test_a_letter_that_fits_the_register_has_no_findings() -> None:
    assert mismatches(kept(1), BOTH, TODAY) == ()
    assert mismatches(None, [], TODAY) == ()


def test_a_letter_that_no_longer_fits_says_how() -> None:
    swapped = [BOTH[0], replace(BOTH[1], tag="K10099")]
    assert mismatches(kept(1), swapped, TODAY) == (
        "it does not list MDIBT002 K10099 (C2)",
        "it lists K10004, which is not here (C2)",
    )
    assert mismatches(None, BOTH, TODAY) == ("no authorisation under s.40E is on file (C1)",)
    overdue = mismatches(kept(1), BOTH, date(2027, 2, 1))
    assert overdue == ("its review was due on 2027-02-01 (C4)",)


@pytest.mark.parametrize("text", ["40E/2026/7", " IR 12 ", "x1"])
def test_a_reference_is_a_number_of_a_form(text: str) -> None:
    assert reference(text) == text.strip()


@pytest.mark.parametrize("text", ["", "Joe Bloggs", "1\n2", "a" * 40 + "1", "joe@bloggs1"])
def test_a_name_or_an_address_is_no_reference(text: str) -> None:
    with pytest.raises(BadInput, match="with a digit in it"):
        reference(text)
