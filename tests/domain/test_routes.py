"""Who is told: every matching route, nobody twice (Q10, X9, E5)."""

from datetime import UTC, datetime
from itertools import product

import pytest

from agent.domain.check import Category, Severity
from agent.domain.incident import Incident
from agent.domain.problems import Problem
from agent.domain.route_when import When
from agent.domain.routes import (
    PLACES,
    Place,
    Recipient,
    Revision,
    Route,
    recipients,
    revision_of,
)
from tests.support.cases import POLICY

LOW, MEDIUM, HIGH = Severity
AT_NOON = Revision(datetime(2026, 11, 23, 12, tzinfo=UTC))  # a Monday
AT_TWO = Revision(datetime(2026, 11, 23, 2, tzinfo=UTC))
LEEDS = Place(code="LEI", region="Yorkshire")
SECURITY = Recipient("establishment", "LEI", "security")
SPOC = Recipient("establishment", "LEI", "spoc")
SILVER = Recipient("region", "Yorkshire", "regional-silver")
INFOSEC = Recipient("national", "", "infosec")
PROVIDER = Recipient("national", "", "provider-management")
DUTY = Recipient("establishment", "LEI", "duty-phone")
INFOSEC_PHONE = Recipient("national", "", "duty-phone")


def _told(
    category: Category,
    severity: Severity = LOW,
    place: Place = LEEDS,
    revision: Revision = AT_NOON,
) -> tuple[Recipient, ...]:
    problem = Problem(
        type="a.check", subject="K1", establishment=place.code, reason="r", because="b",
        value="", category=category, severity=severity,
    )  # fmt: skip
    return recipients(problem, place, POLICY.routes, revision)


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
        Route("one", When(category=("loss",)), ("spoc", "infosec")),
        Route("two", When(severity=HIGH), ("infosec", "governor", "infosec")),
        Route("three", When(category=("upkeep",)), ("regional-silver",)),
    )
    problem = Problem(
        type="t", subject="K1", establishment="LEI", reason="r", because="b", value="",
        category=Category.LOSS, severity=HIGH,
    )  # fmt: skip
    told = recipients(problem, LEEDS, routes, AT_NOON)
    assert told == (Recipient("establishment", "LEI", "governor"), SPOC, INFOSEC)
    assert recipients(problem, LEEDS, (), AT_NOON) == ()


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


@pytest.mark.parametrize(
    ("at", "rung"),
    [
        ("2026-11-23T02:00", True),  # a Monday
        ("2026-11-23T07:59", True),
        ("2026-11-23T08:00", False),
        ("2026-11-23T17:59", False),
        ("2026-11-23T18:00", True),
        ("2026-11-22T12:00", True),  # a Sunday
        ("2026-11-21T12:00", True),
        ("2026-11-20T12:00", False),
        ("2026-07-06T17:00", True),  # 18:00 in summer
        ("2026-07-06T16:59", False),
    ],
)
def test_what_is_high_rings_the_duty_phone_outside_of_working_hours(
    at: str, rung: bool
) -> None:
    revision = Revision(datetime.fromisoformat(at).replace(tzinfo=UTC))
    for category in Category:
        assert (DUTY in _told(category, HIGH, revision=revision)) is rung
        assert DUTY not in _told(category, MEDIUM, revision=revision)


def test_one_cause_of_many_rings_one_telephone_and_not_each_prison() -> None:
    for category in (Category.SECURITY, Category.LOSS):
        many = _told(category, HIGH, revision=Revision(AT_TWO.at, shared=True))
        assert INFOSEC_PHONE in many
        assert DUTY not in many
        one = _told(category, HIGH, revision=AT_TWO)
        assert INFOSEC_PHONE not in one
    shared = Revision(AT_TWO.at, shared=True)
    assert INFOSEC_PHONE not in _told(Category.OPERATIONAL, HIGH, revision=shared)
    assert INFOSEC_PHONE not in _told(Category.LOSS, MEDIUM, revision=shared)
    at_noon = Revision(AT_NOON.at, shared=True)
    assert INFOSEC_PHONE not in _told(Category.LOSS, HIGH, revision=at_noon)


def test_an_establishment_has_a_provider_of_its_own_and_never_an_infosec() -> None:
    """It has a deputy and a duty phone too, which are not those of Infosec."""
    own = Place(code="LEI", own=frozenset({"deputy", "duty-phone", "infosec", "security"}))
    for role in ("deputy", "duty-phone", "infosec"):
        assert own.inbox("national", role) == Recipient("national", "", role)


def test_no_two_inboxes_are_written_alike() -> None:
    """A letter's key has the inbox as it is written: alike, one of two would not be told."""
    places = [LEEDS, Place(code="LEI"), Place(region="LEI"), Place()]
    every = {place.inbox(*where) for place in places for where in PLACES.values()} - {None}
    by_text: dict[str, set[str]] = {}
    for one in every:
        assert one is not None
        by_text.setdefault(str(one), set()).add(one.scope.removesuffix(" of"))
    assert all(len(scopes) == 1 for scopes in by_text.values())
    assert len(by_text) >= len(PLACES)


def test_an_inbox_has_the_name_that_routes_have() -> None:
    for place in (LEEDS, Place(code="LEI")):
        for name, where in PLACES.items():
            inbox = place.inbox(*where)
            assert inbox is not None
            assert inbox.name == name
    assert Recipient("establishment", "LEI", "provider-management").name == (
        "provider-management"
    )


def test_an_inbox_is_written_as_its_role_and_place() -> None:
    assert [str(to) for to in (SECURITY, SILVER, INFOSEC)] == [
        "security.LEI", "regional-silver.Yorkshire", "infosec",
    ]  # fmt: skip


@pytest.mark.parametrize(("subject", "shared"), [("K10001", False), ("platform/x", True)])
def test_a_revision_is_of_the_time_when_it_began(subject: str, shared: bool) -> None:
    """Not when the incident was opened: the second one rings at the hour of the second."""
    incident = Incident(
        id="INC-2026-00001", type="a.check", subject=subject, establishment="", reason="r",
        because="b", category=Category.LOSS, severity=HIGH, revision=2, opened_at=AT_NOON.at,
        changed_at=AT_TWO.at,
    )  # fmt: skip
    assert revision_of(incident) == Revision(AT_TWO.at, shared)
