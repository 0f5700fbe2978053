"""One schema on both databases: migrations go up and down, and make what the tables declare."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import agent.store.authorisations
import agent.store.calls
import agent.store.deliveries
import agent.store.device_reports
import agent.store.hosts
import agent.store.legs
import agent.store.notices
import agent.store.pace
import agent.store.proofs
import agent.store.quiets
import agent.store.tasks
import agent.store.windows
import agent.store.withdrawals
import agent.store.zoom_events  # noqa: F401  (each declares its tables)
from agent.errors import Misconfigured
from agent.store.engine import metadata
from agent.store.opening import open_store, upgrade_database
from agent.store.schema import MIGRATIONS, downgrade, known, upgrade, wanted
from connectors.http import utc_now
from tests.support.outside import ROOT, clean_environment
from tests.support.postgres import Server
from tests.support.shapes import an_engine, shape

HEAD = "0013"
OF_ZOOM = {"pace", "consent", "consent_token"}
OF_CALLS = {
    "authorisation", "authorisation_asset", "call", "call_entry", "task", "withdrawal",
    "device_report",
}  # fmt: skip
OF_WINDOWS = {"contact_window", "contact_evidence"}
OF_INCIDENTS = {"incident_event", "incident_relation"}
OF_EVENTS = {"call_leg", "call_watch", "zoom_event", "zoom_host", "zoom_notice"}
OF_QUIET = {"quiet", "held_letter"}
STEPS_DOWN = (
    ("0012", {"mail_receipt"}), ("0010", OF_QUIET), ("0008", OF_INCIDENTS),
    ("0007", {"device_not_in_use"}), ("0006", {"purge_proof"}), ("0005", OF_EVENTS),
    ("0003", OF_WINDOWS), ("0002", OF_CALLS), ("0001", OF_ZOOM),
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    server: Server = request.getfixturevalue("postgres")
    made = server.empty()
    request.addfinalizer(lambda: server.drop(made))
    return made


def _declared(url: str) -> dict[str, object]:
    """What the tables say, without any migration."""
    engine = an_engine(url)
    metadata.create_all(engine)
    found = shape(url)
    metadata.drop_all(engine)
    engine.dispose()
    return found


def test_the_migrations_make_what_the_tables_declare(empty: str) -> None:
    declared = _declared(empty)
    open_store(empty, utc_now).close()
    assert shape(empty) == declared
    assert set(declared) == set(metadata.tables)
    engine = an_engine(empty)
    with engine.begin() as sql:
        assert compare_metadata(_context(sql), metadata) == []
    engine.dispose()


def _context(sql: Connection) -> MigrationContext:
    return MigrationContext.configure(sql, opts={"compare_type": True})


@pytest.mark.parametrize(
    "change",
    [
        "alter table staff add column x text",
        "drop index obligation_ready",
        "drop index finding_open",
        "alter table sweep drop column calls",
    ],
)
def test_the_comparison_above_sees_each_change(empty: str, change: str) -> None:
    """It would be worth nothing if reflection hid them."""
    open_store(empty, utc_now).close()
    before = shape(empty)
    assert "withdrawn" in str(before)
    assert "cleared_at is null" in str(before).lower()
    engine = an_engine(empty)
    with engine.begin() as sql:
        sql.exec_driver_sql(change)
        assert compare_metadata(_context(sql), metadata) != []
    engine.dispose()
    assert shape(empty) != before


def test_what_grows_for_ever_is_wide_enough(postgres_url: str) -> None:
    """SQLite's integers are; PostgreSQL's end at 2,147,483,647."""
    found = str(shape(postgres_url))
    for table, column in (("audit", "seq"), ("audit_head", "seq"), ("clock", "latest"),
                          ("finding", "id"), ("obligation", "next_at")):  # fmt: skip
        assert f"('{column}', 'BIGINT'" in str(shape(postgres_url)[table])
    assert "'INTEGER'" in found


def test_the_schema_goes_down_step_by_step_and_up_again(empty: str) -> None:
    open_store(empty, utc_now).close()
    whole = shape(empty)
    engine = an_engine(empty)
    first = set(whole)
    for revision, tables in STEPS_DOWN:
        with engine.begin() as sql:
            downgrade(sql, revision)
        first -= tables
        assert set(shape(empty)) == first
    with engine.begin() as sql:
        downgrade(sql)
    assert shape(empty) == {}
    with engine.begin() as sql:
        upgrade(sql)
    engine.dispose()
    assert shape(empty) == whole


def test_the_names_of_the_migrations_tell_what_alembic_reads_in_them() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert known() == {one.revision for one in scripts.walk_revisions()}
    assert wanted() == scripts.get_current_head()


def test_a_database_taken_down_to_nothing_is_a_new_one(empty: str) -> None:
    open_store(empty, utc_now).close()
    engine = an_engine(empty)
    with engine.begin() as sql:
        downgrade(sql)
    engine.dispose()
    open_store(empty, utc_now).close()
    assert set(shape(empty)) == set(metadata.tables)


def test_an_older_database_is_refused_with_the_cure_and_upgraded_on_demand(empty: str) -> None:
    engine = an_engine(empty)
    with engine.begin() as sql:
        upgrade(sql, "0001")
        sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
    engine.dispose()
    with pytest.raises(Misconfigured, match="has schema 0001") as refused:
        open_store(empty, utc_now)
    assert "callsteward database upgrade" in refused.value.hint
    assert upgrade_database(empty) == HEAD
    whole = shape(empty)
    assert upgrade_database(empty) == HEAD  # changes nothing
    assert shape(empty) == whole
    store = open_store(empty, utc_now)
    with store.read() as tx:
        assert tx.sql.exec_driver_sql("select name from region").scalar() == "Yorkshire"
    store.close()


OPENING = """
import sys
from agent.store.opening import open_store, upgrade_database
sys.stdin.readline()
for _ in range(3):
    open_store(sys.argv[1]).close()
    upgrade_database(sys.argv[1])
"""


def test_processes_may_make_one_database_at_once(empty: str) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING, empty],
            stdin=subprocess.PIPE,
            env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        )
        for _ in range(3)
    ]
    for child in children:
        child.communicate(b"now\n", timeout=60)
    assert [child.returncode for child in children] == [0, 0, 0]
    assert set(shape(empty)) == set(metadata.tables)
