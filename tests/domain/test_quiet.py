"""What is held back, and what never is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.domain.call_incidents import REPORTED_LOST
from agent.domain.check import Category, Severity
from agent.domain.incident import Incident
from agent.domain.quiet import LOOK_AGAIN, Kind, NoiseRules, Quiet, held, quiet_id
from agent.policies import load_policy
from agent.schemes import load_noise
from tests.support.cases import DAY, HOUR, NOW

RULES = NoiseRules(DAY, HOUR, frozenset({"infosec"}), {"lost": frozenset({"stale", "grave"})})


def an_incident(type_: str = "stale", category: Category = Category.UPKEEP) -> Incident:
    return Incident(
        id="INC-2026-00007", type=type_, subject="K10001", establishment="MDI", reason="old",
        because="old", category=category, severity=Severity.LOW, revision=1, opened_at=NOW,
        changed_at=NOW,
    )  # fmt: skip


def a_quiet(kind: Kind = Kind.SILENCE, **changes: object) -> Quiet:
    one = Quiet(
        id=quiet_id(kind, 2026, 1), kind=kind, type="stale", subject="", establishment="",
        since=NOW - HOUR, until=NOW + HOUR, owner="S-1", reason="known",
        confirmed_by="S-2" if kind is Kind.MAINTENANCE else None,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"subject": "K10001", "establishment": "MDI"}, True),
        ({"type": "other"}, False),
        ({"subject": "K10002"}, False),
        ({"establishment": "LEI"}, False),
        ({"ended_at": NOW - HOUR}, False),
        ({"until": NOW}, False),
        ({"since": NOW}, True),
        ({"since": NOW + timedelta(microseconds=1)}, False),
    ],
)
def test_a_silence_holds_what_it_names_while_it_lasts(
    changes: dict[str, object], *, holds: bool
) -> None:
    one = replace(a_quiet(), **changes)  # type: ignore[arg-type]
    found = held(an_incident(), NOW, [one], [], RULES)
    assert (found is not None and found.until == one.until) is holds


@pytest.mark.parametrize("category", Category)
def test_security_and_loss_are_never_silenced(category: Category) -> None:
    """DESIGN 9."""
    found = held(an_incident(category=category), NOW, [a_quiet()], [], RULES)
    assert (found is None) is (category in (Category.SECURITY, Category.LOSS))


@pytest.mark.parametrize("confirmed", ["S-2", None])
def test_maintenance_holds_security_too_once_a_second_person_confirmed_it(
    confirmed: str | None,
) -> None:
    one = a_quiet(Kind.MAINTENANCE, confirmed_by=confirmed)
    found = held(an_incident(category=Category.SECURITY), NOW, [one], [], RULES)
    assert (found is not None) is (confirmed is not None)


def test_of_several_the_one_that_lasts_longest_is_named() -> None:
    long = a_quiet(id="SIL-2026-0009", until=NOW + 2 * HOUR)
    found = held(an_incident(), NOW, [a_quiet(), long, a_quiet()], [], RULES)
    assert found is not None
    assert (found.by, found.until) == (long.id, long.until)


@pytest.mark.parametrize(
    ("beside", "incident", "holds"),
    [
        ("lost", an_incident(), True),
        ("other", an_incident(), False),
        ("lost", an_incident("strange"), False),
        ("lost", an_incident("grave", Category.SECURITY), False),
    ],
)
def test_what_follows_from_another_incident_is_not_told_beside_it(
    beside: str, incident: Incident, *, holds: bool
) -> None:
    other = replace(an_incident(beside, Category.LOSS), id="INC-2026-00001")
    found = held(incident, NOW, [], [other, incident], RULES)
    assert (found is not None) is holds
    if found is not None:
        assert (found.until, found.by) == (NOW + LOOK_AGAIN, other.id)


def test_what_is_over_holds_nothing_though_nobody_has_closed_it() -> None:
    other = replace(an_incident("lost", Category.LOSS), cleared_at=NOW)
    assert held(an_incident(), NOW, [], [other], RULES) is None


def test_the_scheme_names_types_that_there_are() -> None:
    from agent.domain.quiet_types import problem_types

    known = problem_types(load_policy().zoom)
    for name, holds in load_noise().inhibits.items():
        assert name == REPORTED_LOST.name
        assert holds <= known.keys()
        assert {known[one] for one in holds} == {Category.UPKEEP}
