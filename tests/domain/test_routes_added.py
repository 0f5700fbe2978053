"""Routes of an operator's own add: security and loss always reach whom the protocol names."""

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem
from agent.domain.route_file import RouteFile
from agent.domain.route_when import DAYS
from agent.domain.routes import PLACES, Place, Revision, Route, recipients
from agent.domain.toml_lines import Lines
from tests.support.cases import POLICY

NAMED = {
    Category.SECURITY: {"local-security", "infosec", "provider-management"},
    Category.LOSS: {"local-security", "infosec", "provider-management", "regional-silver"},
}
"""Annex E (X9); Regional Silver (E5)."""
PLACE = Place(code="LEI", region="Yorkshire")
WORDS = st.sampled_from(("a-reason", "another"))
TYPES = st.sampled_from(("zoom.*", "zoom.no-recordings", "sim.registered"))
WHEN = st.fixed_dictionaries(
    {},
    optional={
        "category": st.lists(st.sampled_from([one.value for one in Category]), min_size=1),
        "type": st.lists(TYPES, min_size=1),
        "establishment": st.sampled_from(("LEI", "MDI")),
        "region": st.sampled_from(("Yorkshire", "Wales")),
        "reason": WORDS,
        "severity": st.sampled_from([one.name for one in Severity]),
        "hours": st.sampled_from(("18:00-08:00", "08:00-18:00", "00:00-23:59")),
        "days": st.lists(st.sampled_from(DAYS), min_size=1),
        "shared": st.booleans(),
    },
)
TELL = st.lists(st.sampled_from(sorted(PLACES)), min_size=1)
ROUTES = st.lists(st.tuples(WHEN, TELL), max_size=5)
PROBLEMS = st.builds(
    Problem,
    type=st.sampled_from(("zoom.no-recordings", "sim.registered")),
    subject=st.just("K1"),
    establishment=st.just("LEI"),
    reason=WORDS,
    because=st.just("b"),
    value=st.just(""),
    category=st.sampled_from(sorted(NAMED, key=lambda one: one.value)),
    severity=st.sampled_from(Severity),
)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def added(told: list[tuple[Mapping[str, object], list[str]]]) -> tuple[Route, ...]:
    """As an operator's file says it."""
    text = ""
    for number, (when, tell) in enumerate(told):
        pairs = ", ".join(f"{key} = {json.dumps(value)}" for key, value in when.items())
        text += f'[[route]]\nname = "own {number}"\nwhen = {{ {pairs} }}\ntell = {tell}\n'
    file = RouteFile(tomllib.loads(text), Lines(text), "own.toml", ("LEI", "MDI"))
    found = file.routes([route.name for route in POLICY.routes])
    file.only_routes()
    assert file.flaws == []
    return found


@given(ROUTES, PROBLEMS, TIMES, st.booleans())
def test_whatever_an_operator_adds_the_protocols_recipients_are_told(
    told: list[tuple[Mapping[str, object], list[str]]],
    problem: Problem,
    at: datetime,
    shared: bool,
) -> None:
    revision = Revision(at, shared)
    own = added(told)
    names = {to.name for to in recipients(problem, PLACE, POLICY.routes + own, revision)}
    assert names >= NAMED[problem.category]
    without = recipients(problem, PLACE, POLICY.routes, revision)
    both = recipients(problem, PLACE, POLICY.routes + own, revision)
    assert set(both) == {*without, *recipients(problem, PLACE, own, revision)}
    assert len(both) == len(set(both))
