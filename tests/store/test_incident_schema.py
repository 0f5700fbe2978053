"""What the life of incidents changes in a database that is in use, and its indexes."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Select, select, text
from sqlalchemy.exc import IntegrityError

from agent.domain.check import Category, Severity
from agent.domain.incident import State
from agent.domain.problems import Problem
from agent.errors import StoreFailed
from agent.store.incident_table import NOT_CLOSED, i
from agent.store.incidents import Incidents, following, mail
from agent.store.opening import open_store, upgrade_database
from agent.store.schema import downgrade, upgrade
from tests.support.postgres import Server
from tests.support.shapes import an_engine, shape
from tests.support.stores import NOON, a_store

BEFORE = "0007"
INCIDENT = """
insert into incident (id, year, number, type, subject, establishment, reason, because,
  category, severity, state, revision, opened_at, changed_at, cleared_at)
values ('INC-2026-0000{n}', 2026, {n}, 'device.serial', 'K10003', 'MDI', 'r', 'b',
  'security', 3, '{state}', 1, 10, 20, {cleared})
"""
OWED = """
insert into obligation (key, kind, subject, state, due, next_at, fence, wish, failures)
values ('mail/1', 'mail', '1', 'owed', 1, 1, 0, 0, 0)
"""
LETTER = """
insert into mail (key, incident, revision, occasion, scope, code, role, message_id, subject,
  body, written_at)
values ('mail/1', 'INC-2026-00001', 1, '', 'national', '', 'infosec', '<1>', 's', 'b', 1)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """One incident was cleared, and the same came again; a letter tells of the first."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'callsteward.db'}"
    else:
        server: Server = request.getfixturevalue("postgres")
        url = server.empty()
        request.addfinalizer(lambda: server.drop(url))
    engine = an_engine(url)
    with engine.begin() as sql:
        upgrade(sql, BEFORE)
        for n, state, cleared in ((1, "cleared", "30"), (2, "open", "null")):
            row = INCIDENT.format(n=n, state=state, cleared=cleared)
            sql.exec_driver_sql(row)
        sql.exec_driver_sql(OWED)
        sql.exec_driver_sql(LETTER)
    engine.dispose()
    return url


def test_what_was_cleared_is_closed_and_what_is_open_stays_open(older: str) -> None:
    upgrade_database(older)
    with closing(open_store(older, lambda: NOON)) as store, store.read() as tx:
        cleared, still = Incidents(tx).select()
        assert tx.sql.scalar(select(mail.c.incident)) == cleared.id
    assert (cleared.state, cleared.cause, cleared.closed_by, cleared.closed_at) == (
        State.CLOSED, "no-longer-found", "agent", cleared.cleared_at,
    )  # fmt: skip
    assert (still.state, still.cause, still.closed_at, still.cleared_at) == (
        State.OPEN, None, None, None,
    )  # fmt: skip


def test_it_goes_down_again_with_what_was_in_it_and_up(older: str) -> None:
    before = _rows(older)
    was = shape(older)
    upgrade_database(older)
    engine = an_engine(older)
    with engine.begin() as sql:
        sql.exec_driver_sql("update incident set state = 'in-hand' where number = 2")
        downgrade(sql, BEFORE)
    assert (_rows(older), shape(older)) == (before, was)
    with engine.begin() as sql:
        upgrade(sql)
    engine.dispose()


def _rows(url: str) -> list[tuple[object, ...]]:
    engine = an_engine(url)
    with engine.begin() as sql:
        found = sql.exec_driver_sql(
            "select id, state, cleared_at from incident order by number"
        ).fetchall()
    engine.dispose()
    return [tuple(row) for row in found]


@pytest.mark.parametrize(
    "statement",
    [
        "update incident set state = 'cleared'",
        "update incident set state = 'closed'",
        "update incident set closed_at = 1",
        "update incident set subject = 'K2'",
        "update mail set incident = 'INC-2026-99999'",
        "insert into incident_event values ('INC-2026-99999', 1, 1, 'x', 'y', 1, '{}', null)",
        "insert into incident_relation values ('INC-2026-00001', 'INC-2026-00001')",
    ],
)
def test_what_cannot_be_is_refused_by_the_database(url: str, statement: str) -> None:
    store = a_store(url)
    with store.begin() as tx:
        for subject in ("K1", "K2"):
            incident = Incidents(tx).raise_for(a_problem(subject))
        tx.sql.exec_driver_sql(OWED)
        tx.sql.exec_driver_sql(LETTER)
    assert incident.id == "INC-2026-00002"
    with pytest.raises((IntegrityError, StoreFailed)), store.begin() as tx:
        tx.sql.execute(text(statement))
    store.close()


def a_problem(subject: str, establishment: str = "MDI") -> Problem:
    return Problem(
        type="device.serial", subject=subject, establishment=establishment, reason="r",
        because="b", value="", category=Category.SECURITY, severity=Severity.MEDIUM,
    )  # fmt: skip


WANTED: dict[str, tuple[Select[tuple[str]], str]] = {
    "a page": (select(i.id).where(NOT_CLOSED).order_by(i.year, i.number), "incident_standing"),
    "the next page": (
        select(i.id).where(NOT_CLOSED, following(2026, 7)).order_by(i.year, i.number),
        "incident_standing",
    ),
    "of a place": (
        select(i.id).where(NOT_CLOSED, i.establishment == "MDI").order_by(i.year, i.number),
        "incident_place",
    ),
    "in one state": (
        select(i.id).where(i.state == "in-hand").order_by(i.year, i.number),
        "incident_stage",
    ),
    "the same again": (
        select(i.id).where(i.type == "t", i.subject == "s", NOT_CLOSED), "incident_open",
    ),
    "who waits": (
        select(i.id).where(i.state == "open", i.changed_at < NOON).order_by(i.year, i.number),
        "incident_stage",
    ),
    "closed ones too": (select(i.id).order_by(i.year, i.number), "incident_number"),
    "its letters": (select(mail.c.key).where(mail.c.incident == "x"), "mail_incident"),
}  # fmt: skip


@pytest.mark.parametrize("name", WANTED)
def test_what_is_asked_often_is_found_by_an_index_and_in_order(
    tmp_path: Path, name: str
) -> None:
    wanted, index = WANTED[name]
    store = a_store(tmp_path)
    with store.read() as tx:
        words = wanted.limit(50).compile(tx.sql.engine)
        rows = tx.sql.exec_driver_sql(
            f"explain query plan {words}", tuple(words.params.values())
        ).fetchall()
    store.close()
    plan = " ".join(str(row[-1]) for row in rows)
    assert index in plan
    assert "TEMP B-TREE" not in plan
