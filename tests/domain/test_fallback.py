"""Whom a letter goes to whose own inbox nobody has told us (Q10)."""

import pytest

from agent.domain.fallback import instead_of, passed_on, why_unreached
from agent.domain.mail import Letter
from agent.domain.routes import PLACES, Place, Recipient
from tests.support.cases import POLICY

LEEDS = Place(code="LEI", region="Yorkshire")
SILVER = Recipient("region", "Yorkshire", "regional-silver")
SOMEWHERE = Recipient("region of", "LEI", "regional-silver")
INFOSEC = Recipient("national", "", "infosec")


@pytest.mark.parametrize(
    ("role", "place", "others"),
    [
        ("local-security", LEEDS, [SILVER, INFOSEC]),
        ("duty-phone", LEEDS, [SILVER, INFOSEC]),
        ("spoc", Place(code="LEI"), [SOMEWHERE, INFOSEC]),
        ("regional-silver", LEEDS, [INFOSEC]),
        ("regional-silver", Place(code="LEI"), [INFOSEC]),
        ("regional-phone", LEEDS, [INFOSEC]),
        ("provider-management", LEEDS, [INFOSEC]),
        ("infosec-phone", LEEDS, [INFOSEC]),
        ("infosec", LEEDS, []),
        ("chat", LEEDS, []),
        ("siem", LEEDS, []),
    ],
)
def test_the_next_wider_inbox_stands_in(
    role: str, place: Place, others: list[Recipient]
) -> None:
    to = place.inbox(*PLACES[role])
    assert to is not None
    assert list(instead_of(to, place, POLICY.fallback)) == others


def test_without_a_fallback_nobody_stands_in() -> None:
    security = Recipient("establishment", "LEI", "security")
    assert list(instead_of(security, LEEDS, {})) == []


def test_an_inbox_that_this_place_cannot_have_is_left_out() -> None:
    """Nobody knows the region of what has no establishment."""
    to = Recipient("national", "", "provider-management")
    national = {"national": ("regional-silver", "infosec")}
    assert list(instead_of(to, Place(), national)) == [INFOSEC]


def test_a_letter_that_is_passed_on_says_whose_it_is_and_is_the_same_otherwise() -> None:
    letter = Letter("<1@x>", "INC-2026-00001 HIGH LEI", "Incident\n")
    security = Recipient("establishment", "LEI", "security")
    other = passed_on(letter, security, why_unreached(security, known=False))
    assert (other.message_id, other.subject) == (letter.message_id, letter.subject)
    assert other.body == (
        "For local-security of LEI, who has no inbox in contacts.csv. Please pass\n"
        "it on.\n\nIncident\n"
    )
    national = passed_on(letter, Recipient("national", "", "deputy"), "who has none")
    assert national.body.startswith("For infosec-deputy, who has none.")


def test_why_nobody_is_reached_there() -> None:
    phone = Recipient("establishment", "LEI", "duty-phone")
    assert why_unreached(phone, known=False) == "who has no number in contacts.csv"
    assert why_unreached(phone, known=True) == "to whom nothing here can send a text"
    spoc = Recipient("establishment", "LEI", "spoc")
    assert why_unreached(spoc, known=False) == "who has no inbox in contacts.csv"
