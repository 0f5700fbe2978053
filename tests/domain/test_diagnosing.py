"""What doctor says of what was read: each rule in both directions, at its very edge."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.domain.condition import WAL_IS_LARGE, Condition, conditions, schema_fits
from agent.domain.diagnosing import (
    GIB,
    certificate_end,
    clock_skew,
    disk_space,
    permissions,
    plan,
)
from agent.domain.diagnosis import (
    Outcome,
    all_well,
    counted,
    listed,
    ok,
    sentence,
    unseen,
    warning,
)
from agent.domain.facts import Known, Unknown
from agent.domain.trial import trial_note
from agent.domain.zoom import Scopes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [
        (0, Outcome.OK), (30, Outcome.OK), (-30, Outcome.OK), (31, Outcome.WARNING),
        (-31, Outcome.WARNING), (300, Outcome.WARNING), (301, Outcome.WRONG),
        (-301, Outcome.WRONG),
    ],
)  # fmt: skip
def test_a_clock_may_be_thirty_seconds_off_and_never_five_minutes(
    ahead: int, outcome: Outcome
) -> None:
    told = clock_skew("clock", "Zoom", NOW + ahead * SECOND, NOW)
    assert told.outcome is outcome
    assert (outcome is Outcome.OK) == (told.cure == "")
    if outcome is not Outcome.OK:
        assert f"{abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} Zoom's" in told.says


def test_a_host_that_tells_no_time_proves_nothing() -> None:
    assert clock_skew("clock", "Zoom", NOW, None).outcome is Outcome.UNSEEN


@pytest.mark.parametrize(
    ("left", "outcome"),
    [
        (timedelta(0), Outcome.WRONG),
        (SECOND, Outcome.WARNING),
        (timedelta(days=30), Outcome.WARNING),
        (timedelta(days=30) + SECOND, Outcome.OK),
    ],
)
def test_a_certificate_is_told_thirty_days_before_its_end(
    left: timedelta, outcome: Outcome
) -> None:
    told = certificate_end("certificate", "The certificate", NOW + left, NOW, "Renew it.")
    assert told.outcome is outcome
    assert told.cure == ("" if outcome is Outcome.OK else "Renew it.")
    assert f"{NOW + left:%d %b %Y}" in told.says


@pytest.mark.parametrize(
    ("free", "total", "outcome"),
    [
        (GIB // 10 - 1, GIB, Outcome.WRONG),
        (GIB // 10, GIB, Outcome.WARNING),
        (GIB - 1, 2 * GIB, Outcome.WARNING),
        (GIB, 2 * GIB, Outcome.OK),
        (4 * GIB, 100 * GIB, Outcome.WARNING),
        (5 * GIB, 100 * GIB, Outcome.OK),
    ],
)
def test_the_disk_must_have_room(free: int, total: int, outcome: Outcome) -> None:
    assert disk_space(free, total).outcome is outcome


def _told(missing: set[str], excess: set[str]) -> list[tuple[str, Outcome, str]]:
    scopes = Known(Scopes(frozenset(missing), frozenset(excess)), "Zoom", NOW)
    found = permissions("scopes", "our app", scopes, "There.")
    return [(one.about, one.outcome, one.says) for one in found]


def test_permissions_that_lack_and_those_that_are_too_many_are_named() -> None:
    assert _told(set(), set()) == [
        ("scopes", Outcome.OK, "Our app has what it needs and no more.")
    ]
    assert _told({"b", "a"}, {"c"}) == [
        ("scopes.missing", Outcome.WRONG, "Our app lacks a, b."),
        ("scopes.excess", Outcome.WARNING, "Our app may do more than it needs: c."),
    ]
    assert [about for about, _, _ in _told({"a"}, set())] == ["scopes.missing"]
    assert [about for about, _, _ in _told(set(), {"a"})] == ["scopes.excess"]


def test_permissions_that_nobody_tells_are_not_known() -> None:
    (told,) = permissions("scopes", "our app", Unknown("not-read", "no answer"), "There.")
    assert told.outcome is Outcome.UNSEEN
    assert told.says == "What our app may do is not known: no answer."


@pytest.mark.parametrize(
    ("rate", "outcome"),
    [(None, Outcome.OK), (20, Outcome.OK), (19, Outcome.WRONG), (60, Outcome.WARNING)],
)
def test_the_plan_is_compared_where_zoom_tells_its_rate(
    rate: int | None, outcome: Outcome
) -> None:
    told = plan("plan", "pro", 20, rate)
    assert told.outcome is outcome
    assert ("CALLSTEWARD_ZOOM_PLAN" in told.cure) == (outcome is not Outcome.OK)


GOOD = {
    "schema": "0002", "wanted": "0002", "known": frozenset({"0001", "0002"}), "integrity": 0,
    "journal": "wal", "wal_bytes": 0, "may_write": True, "open_to_others": (), "free": 50 * GIB,
    "total": 100 * GIB,
}  # fmt: skip


def _condition(**changed: object) -> dict[str, Outcome]:
    found = conditions(Condition(**(GOOD | changed)))  # type: ignore[arg-type]
    return {one.about: one.outcome for one in found if one.outcome is not Outcome.OK}


@pytest.mark.parametrize(
    ("changed", "bad"),
    [
        ({}, {}),
        ({"schema": ""}, {"database.schema": Outcome.WRONG}),
        ({"schema": "0001"}, {"database.schema": Outcome.WRONG}),
        ({"integrity": 1}, {"database.integrity": Outcome.WRONG}),
        ({"integrity": None}, {"database.integrity": Outcome.UNSEEN}),
        ({"journal": "delete"}, {"database.journal": Outcome.WARNING}),
        ({"wal_bytes": WAL_IS_LARGE}, {}),
        ({"wal_bytes": WAL_IS_LARGE + 1}, {"database.wal": Outcome.WARNING}),
        ({"may_write": False}, {"database.access": Outcome.WRONG}),
        ({"open_to_others": ("x.db",)}, {"database.mode": Outcome.WARNING}),
        ({"free": 0}, {"database.disk": Outcome.WRONG}),
    ],
)
def test_each_fault_of_a_database_is_told_by_itself(
    changed: dict[str, object], bad: dict[str, Outcome]
) -> None:
    assert _condition(**changed) == bad


def test_only_a_schema_that_this_version_knows_can_be_upgraded() -> None:
    older, newer = (
        schema_fits("1", "2", frozenset("12")),
        schema_fits("3", "2", frozenset("12")),
    )
    assert "callsteward database upgrade" in older.cure
    assert "Install the version of callsteward that wrote it" in newer.cure


def test_what_is_not_well_has_a_cure_and_what_is_well_needs_none() -> None:
    for changed in ({}, dict.fromkeys(("schema", "journal"), "?") | {"integrity": 3}):
        for one in conditions(Condition(**(GOOD | changed))):  # type: ignore[arg-type]
            assert (one.outcome is Outcome.OK) == (one.cure == "")


def test_all_is_well_only_where_all_was_looked_at() -> None:
    good = ok("a", "Good.")
    assert all_well([good, good])
    assert not all_well([good, warning("b", "Old.", "Renew it.")])
    assert not all_well([unseen("c", "Nobody knows.", "Ask.")])


def test_words() -> None:
    assert (counted(1, "iPad", "iPads"), counted(0, "iPad", "iPads")) == ("1 iPad", "0 iPads")
    assert listed(["b", "a"]) == "a, b"
    assert listed("edcba", most=3) == "a, b, c and 2 more"
    assert sentence("the UTC clock\n") == "The UTC clock."
    assert sentence("Why?") == "Why?"


def test_the_test_mail_has_fixed_words_and_an_id_of_its_own() -> None:
    one, other = trial_note(NOW), trial_note(NOW + SECOND)
    assert one.message_id != other.message_id
    assert one.subject == other.subject == "callsteward: test mail"
    assert one.body == other.body
    assert "there is nothing to do" in one.body
