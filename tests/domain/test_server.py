"""What doctor says of a PostgreSQL: each thing when it is well, and when not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.diagnosis import Outcome
from agent.domain.server import Server, server_conditions

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WELL = Server(
    version=16,
    encoding="UTF8",
    read_only=False,
    schema="0002",
    wanted="0002",
    known=frozenset({"0001", "0002"}),
    may_create=False,
    locked=(),
    unsafe=(),
    size=5 * 1024**2,
    time=NOON,
)


def _not_ok(now: Server) -> dict[str, str]:
    found = list(server_conditions(now, NOON))
    assert all(one.cure for one in found if one.outcome is not Outcome.OK)
    return {one.about: one.outcome.value for one in found if one.outcome is not Outcome.OK}


def test_a_database_that_is_well() -> None:
    assert _not_ok(WELL) == {}
    assert _not_ok(replace(WELL, version=15)) == {}


@pytest.mark.parametrize(
    ("change", "bad"),
    [
        ({"version": 14}, {"database.server": "wrong"}),
        ({"encoding": "LATIN1"}, {"database.encoding": "wrong"}),
        ({"read_only": True}, {"database.access": "wrong"}),
        ({"locked": ("mail",)}, {"database.rights": "wrong"}),
        ({"schema": "0001"}, {"database.schema": "wrong"}),
        ({"schema": "", "may_create": True}, {"database.schema": "wrong"}),
        ({"schema": ""}, {"database.schema": "wrong", "database.rights": "wrong"}),
        ({"unsafe": ("synchronous_commit",)}, {"database.durability": "warning"}),
        ({"time": NOON + timedelta(seconds=30)}, {}),
        ({"time": NOON - timedelta(seconds=31)}, {"database.server-clock": "warning"}),
        ({"time": NOON + timedelta(minutes=5)}, {"database.server-clock": "warning"}),
        ({"time": NOON + timedelta(seconds=301)}, {"database.server-clock": "wrong"}),
    ],
)
def test_each_thing_that_is_not(change: dict[str, object], bad: dict[str, str]) -> None:
    assert _not_ok(replace(WELL, **change)) == bad  # type: ignore[arg-type]


def test_which_clock_is_ahead() -> None:
    for apart, words in ((60, "60 s behind"), (-60, "60 s ahead of")):
        theirs = replace(WELL, time=NOON + timedelta(seconds=apart))
        assert words in " ".join(one.says for one in server_conditions(theirs, NOON))
