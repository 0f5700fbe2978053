"""Who is told: every matching route, nobody twice (Q10, X9, E5)."""

from itertools import product

import pytest

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem
from agent.domain.routes import PLACES, Place, Recipient, Route, recipients
from tests.support.cases import POLICY

LOW, MEDIUM, HIGH = Severity
LEEDS = Place(code="LEI", region="Yorkshire")
SECURITY = Recipient("establishment", "LEI", "security")
SPOC = Recipient("establishment", "LEI", "spoc")
SILVER = Recipient("region", "Yorkshire", "regional-silver")
INFOSEC = Recipient("national", "", "infosec")
PROVIDER = Recipient("national", "", "provider-management")


def _told(
    category: Category, severity: Severity = LOW, place: Place = LEEDS
) -> tuple[Recipient, ...]:
    problem = Problem(
        type="a.check", subject="K1", establishment=place.code, reason="r", because="b",
        value="", category=category, severity=severity,
    )  # fmt: skip
    return recipients(problem, place, POLICY.routes)


@pytest.mark.parametrize("severity", list(Severity))
def test_security_is_told_of_every_security_problem_however_small(severity: Severity) -> None:
    assert set(_told(Category.SECURITY, severity)) == {SECURITY, INFOSEC, PROVIDER}


@pytest.mark.parametrize("severity", list(Severity))
def test_regional_silver_is_told_of_loss_and_compromise(severity: Severity) -> None:
    assert set(_told(Category.LOSS, severity)) == {SILVER, SECURITY, INFOSEC, PROVIDER}


def test_the_spoc_is_told_of_upkeep_from_medium_on_and_nobody_else_is() -> None:
    assert _told(Category.UPKEEP, LOW) == ()
    assert _told(Category.UPKEEP, MEDIUM) == _told(Category.UPKEEP, HIGH) == (SPOC,)


def test_those_who_keep_the_agent_are_told_what_it_could_not_read() -> None:
    for place in (LEEDS, Place()):
        assert set(_told(Category.OPERATIONAL, LOW, place)) == {INFOSEC, PROVIDER}


def test_every_matching_route_is_followed_and_nobody_is_told_twice() -> None:
    routes = (
        Route("one", Category.LOSS, LOW, ("spoc", "infosec")),
        Route("two", Category.LOSS, HIGH, ("infosec", "governor", "infosec")),
        Route("three", Category.UPKEEP, LOW, ("regional-silver",)),
    )
    problem = Problem(
        type="t", subject="K1", establishment="LEI", reason="r", because="b", value="",
        category=Category.LOSS, severity=HIGH,
    )  # fmt: skip
    told = recipients(problem, LEEDS, routes)
    assert told == (Recipient("establishment", "LEI", "governor"), SPOC, INFOSEC)
    assert recipients(problem, LEEDS, ()) == ()


def test_an_establishment_with_a_provider_of_its_own_tells_that_one_alone() -> None:
    own = Place(code="LEI", region="Yorkshire", own=frozenset({"provider-management"}))
    told = set(_told(Category.SECURITY, place=own))
    assert told == {SECURITY, INFOSEC, Recipient("establishment", "LEI", "provider-management")}


def test_a_device_of_no_establishment_is_told_to_the_country() -> None:
    assert set(_told(Category.SECURITY, place=Place())) == {INFOSEC, PROVIDER}
    assert set(_told(Category.LOSS, HIGH, Place())) == {INFOSEC, PROVIDER}
    assert _told(Category.UPKEEP, HIGH, Place()) == ()


def test_an_establishment_of_no_known_region_still_tells_its_own_and_the_country() -> None:
    """Its region's inbox is owed, and looked up when the letter goes (E5)."""
    silver = Recipient("region of", "LEI", "regional-silver")
    told = set(_told(Category.LOSS, place=Place(code="LEI")))
    assert told == {SECURITY, INFOSEC, PROVIDER, silver}


def test_every_problem_of_an_establishment_that_is_not_small_upkeep_has_a_reader() -> None:
    silent = [
        (category, severity)
        for category, severity in product(Category, Severity)
        if not _told(category, severity)
    ]
    assert silent == [(Category.UPKEEP, LOW)]


def test_every_place_that_a_route_may_name_is_an_inbox() -> None:
    for scope, role in PLACES.values():
        assert LEEDS.inbox(scope, role) is not None


def test_an_inbox_is_written_as_its_role_and_place() -> None:
    assert [str(to) for to in (SECURITY, SILVER, INFOSEC)] == [
        "security.LEI", "regional-silver.Yorkshire", "infosec",
    ]  # fmt: skip
