"""When a route applies: each condition in both directions, and why it does not."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from agent.domain.check import Severity
from agent.domain.route_when import DAYS, Happening, Hours, When

LOW, MEDIUM, HIGH = Severity
IT = Happening(
    type="zoom.no-recordings", category="security", severity=MEDIUM, reason="recording-kept",
    establishment="LEI", region="Yorkshire", shared=False,
    at=datetime(2026, 11, 23, 2, tzinfo=UTC),
)  # fmt: skip
NIGHT = Hours(time(18), time(8))


@pytest.mark.parametrize(
    ("met", "unmet", "why"),
    [
        (When(category=("security",)), When(category=("loss",)),
         "its category is security, not loss"),
        (When(category=("loss", "security")), When(category=("loss", "upkeep")),
         "loss or upkeep"),
        (When(type=("zoom.no-recordings",)), When(type=("zoom.no",)), "its type is zoom"),
        (When(type=("sim.*", "zoom.*")), When(type=("sim.*",)), "not sim.*"),
        (When(type=("*",)), When(type=("zoom.no-recordings.*",)), "its type"),
        (When(establishment=("MDI", "LEI")), When(establishment=("MDI",)), "is LEI, not MDI"),
        (When(region=("Yorkshire",)), When(region=("Wales",)), "its region is Yorkshire"),
        (When(reason=("recording-kept",)), When(reason=("kept",)), "its reason is"),
        (When(severity=MEDIUM), When(severity=HIGH), "its severity is MEDIUM, below HIGH"),
        (When(hours=NIGHT), When(hours=Hours(time(8), time(18))),
         "it began at 02:00 UK time, not in 08:00-18:00"),
        (When(days=("sun", "mon")), When(days=("sat", "sun")), "it began on mon, not on sat"),
        (When(shared=False), When(shared=True), "it is no cause of many"),
    ],
)  # fmt: skip
def test_a_condition_holds_or_says_why_not(met: When, unmet: When, why: str) -> None:
    assert met.why_not(IT) is None
    assert why in str(unmet.why_not(IT))


def test_every_condition_must_hold_and_none_is_one_too_few() -> None:
    assert When().why_not(IT) is None
    both = When(category=("security",), severity=HIGH)
    assert "below HIGH" in str(both.why_not(IT))
    assert both.why_not(replace(IT, severity=HIGH)) is None


def test_one_cause_of_many_is_told_apart() -> None:
    many = replace(IT, shared=True)
    assert When(shared=True).why_not(many) is None
    assert When(shared=False).why_not(many) == "it is one cause of many"


def test_where_nobody_knows_where_it_is_a_place_does_not_match() -> None:
    nowhere = replace(IT, establishment="", region="")
    assert When(establishment=("LEI",)).why_not(nowhere) == (
        "its establishment is not known, not LEI"
    )
    assert When(region=("Yorkshire",)).why_not(nowhere) is not None


@pytest.mark.parametrize(
    ("hours", "within", "without"),
    [
        (NIGHT, ("18:00", "23:59", "00:00", "07:59"), ("08:00", "12:00", "17:59")),
        (Hours(time(8), time(18)), ("08:00", "17:59"), ("18:00", "07:59", "00:00")),
        (Hours(time(0), time(6, 30)), ("00:00", "06:29"), ("06:30", "23:59")),
    ],
)
def test_hours_hold_their_first_moment_and_not_their_last(
    hours: Hours, within: tuple[str, ...], without: tuple[str, ...]
) -> None:
    assert all(time.fromisoformat(one) in hours for one in within)
    assert not any(time.fromisoformat(one) in hours for one in without)


@pytest.mark.parametrize(
    ("at", "hour", "day"),
    [
        ("2026-03-29T00:59", "00", "sun"),  # the hour that is left out
        ("2026-03-29T01:00", "02", "sun"),
        ("2026-10-25T00:30", "01", "sun"),  # the hour that comes twice
        ("2026-10-25T01:30", "01", "sun"),
        ("2026-07-03T23:30", "00", "sat"),  # Friday in UTC
    ],
)
def test_hours_and_days_are_those_of_the_united_kingdom(at: str, hour: str, day: str) -> None:
    moment = replace(IT, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    begin = time(int(hour))
    assert When(hours=Hours(begin, time(begin.hour + 1))).why_not(moment) is None
    assert When(days=(day,)).why_not(moment) is None
    others = tuple(one for one in DAYS if one != day)
    assert When(days=others).why_not(moment) is not None


@pytest.mark.parametrize(
    ("when", "here", "region", "may"),
    [
        (When(), "LEI", "", True),
        (When(establishment=("LEI",)), "LEI", "Wales", True),
        (When(establishment=("LEI",)), "MDI", "", False),
        (When(region=("Wales",)), "LEI", "Wales", True),
        (When(region=("Wales",)), "LEI", "Yorkshire", False),
        (When(region=("Wales",)), "LEI", "", True),
        (When(establishment=("LEI",), region=("Wales",)), "LEI", "Yorkshire", False),
    ],
)
def test_a_route_may_concern_a_place(when: When, here: str, region: str, may: bool) -> None:
    assert when.may_concern(here, region) is may


def test_conditions_are_told_in_the_words_of_the_file() -> None:
    when = When(type=("zoom.*",), severity=HIGH, hours=NIGHT, days=("sat", "sun"), shared=False)
    assert when.words() == {
        "type": "zoom.*", "days": "sat or sun", "severity": "HIGH", "hours": "18:00-08:00",
        "shared": "false",
    }  # fmt: skip
    assert When().words() == {}
