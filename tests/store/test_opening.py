"""A database that fits is opened; another one is refused with the cure, and left as it was."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import agent.store.authorisations
import agent.store.calls
import agent.store.device_reports
import agent.store.pace
import agent.store.tasks
import agent.store.withdrawals  # noqa: F401  (each declares its tables)
from agent.errors import Misconfigured
from agent.store.engine import metadata
from agent.store.opening import open_store, upgrade_database
from tests.support.shapes import shape
from tests.support.stores import NOON, opened

NAME = "callsteward.db"
NOBODY = 65534


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _shape(file: Path) -> dict[str, object]:
    return shape(_url(file))


def _strict(path: Path) -> dict[str, bool]:
    with closing(sqlite3.connect(path)) as sql:
        rows = sql.execute("pragma table_list").fetchall()
    return {
        row[1]: bool(row[5]) for row in rows if row[0] == "main" and row[1] in metadata.tables
    }


def test_every_table_of_a_new_file_is_strict(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert _strict(tmp_path / NAME) == dict.fromkeys(metadata.tables, True)


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.begin() as tx:
        tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
    store.close()
    again = opened(tmp_path)
    with again.read() as tx:
        assert tx.sql.exec_driver_sql("select name from region").scalar() == "Yorkshire"
    again.close()


def test_folders_that_are_missing_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "far" / "away" / NAME
    open_store(_url(file), lambda: NOON).close()
    assert file.parent.stat().st_mode & 0o777 == 0o700


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0, 0o022, 0o277])
@pytest.mark.parametrize("opens", ["open", "upgrade"])
def test_a_new_file_and_its_log_are_the_owners_alone(
    tmp_path: Path, mask: int, opens: str
) -> None:
    """Whatever the folder and the umask allow: it holds names and addresses."""
    tmp_path.chmod(0o777)
    with _umask(mask):
        if opens == "upgrade":
            upgrade_database(_url(tmp_path / NAME))
        store = opened(tmp_path)
        with store.begin() as tx:
            tx.sql.exec_driver_sql("insert into region values ('MDI', 'Yorkshire')")
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
        store.close()
    assert modes == {NAME: 0o600, f"{NAME}-wal": 0o600, f"{NAME}-shm": 0o600}


def test_the_mode_of_a_file_that_is_there_is_left_to_its_owner(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / NAME).chmod(0o640)
    opened(tmp_path).close()
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o640


def _newer(file: Path) -> None:
    open_store(_url(file), lambda: NOON).close()
    with closing(sqlite3.connect(file)) as sql:
        sql.execute("update alembic_version set version_num = '9999'")
        sql.commit()


def _foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as sql:
        sql.execute("create table theirs (x)")


def _no_database(file: Path) -> None:
    file.write_bytes(b"These are minutes of a meeting.\n" * 200)


def _torn(file: Path) -> None:
    """The first page is whole, what it points to is not there."""
    open_store(_url(file), lambda: NOON).close()
    file.write_bytes(file.read_bytes()[:4096])


REFUSED = {
    "newer": (_newer, "does not know (9999)", "Install the version"),
    "foreign": (_foreign, "does not know (no version)", "restore a backup"),
    "no database": (_no_database, "file is not a database", "restore a backup"),
    "torn": (_torn, "malformed", "restore a backup"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("opens", ["open", "upgrade"])
def test_what_does_not_fit_is_refused_with_the_cure_and_left_as_it_was(
    tmp_path: Path, what: str, opens: str
) -> None:
    make, message, cure = REFUSED[what]
    file = tmp_path / NAME
    make(file)
    before = file.read_bytes()
    with pytest.raises(Misconfigured) as refused:
        if opens == "open":
            open_store(_url(file), lambda: NOON)
        else:
            upgrade_database(_url(file))
    assert message in str(refused.value)
    assert cure in refused.value.hint
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_an_upgrade_where_no_database_can_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="unable to open database file"):
        upgrade_database(_url(tmp_path / "nowhere" / NAME))


def test_a_file_where_a_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(Misconfigured, match="cannot be opened"):
        open_store(_url(tmp_path / "data" / NAME), lambda: NOON)


def test_a_folder_where_the_file_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(Misconfigured, match="unable to open database file"):
        opened(tmp_path)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def _unprivileged() -> Iterator[None]:
    """Root may write anywhere, so a test run by root lets go of that for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_written_is_refused(public: Path) -> None:
    opened(public).close()
    before = (public / NAME).read_bytes()
    (public / NAME).chmod(0o444)
    public.chmod(0o555)
    with _unprivileged(), pytest.raises(Misconfigured, match=r"readonly|unable to open"):
        opened(public)
    assert (public / NAME).read_bytes() == before


def test_a_folder_that_may_not_be_written_is_refused(public: Path) -> None:
    public.chmod(0o555)
    with _unprivileged(), pytest.raises(Misconfigured, match=r"cannot be opened"):
        opened(public)
    with _unprivileged(), pytest.raises(Misconfigured, match=r"Permission denied"):
        opened(public / "deeper")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://agent:s3cret@db.example/callsteward",
        "postgresql://db.example:s3cret/callsteward",
        "postgresql://agent@db.example/x?options=s3cret",
        "postgresql://agent@db.example/x?host=a&host=s3cret",
        "postgresql://agent@db.example",
        "mysql://agent@db.example/s3cret",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////tmp/x.db?mode=memory",
        "s3cret",
        "",
    ],
)
def test_a_url_that_is_no_file_is_refused_without_being_echoed(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        open_store(url, lambda: NOON)
    assert "s3cret" not in f"{refused.value} {refused.value.hint}"
    assert "CALLSTEWARD_DATABASE_URL" in refused.value.hint


def test_the_pragmas_are_in_force_on_both_sides(tmp_path: Path) -> None:
    """DESIGN 3: WAL, synchronous=FULL, foreign keys."""
    store = opened(tmp_path)
    for engine, only_read in ((store.engine, 0), (store.reader, 1)):
        with engine.connect() as sql:
            told = {
                name: sql.exec_driver_sql(f"pragma {name}").scalar()
                for name in (
                    "journal_mode", "synchronous", "foreign_keys", "query_only",
                    "busy_timeout",
                )
            }  # fmt: skip
        assert told == {
            "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1,
            "query_only": only_read, "busy_timeout": 30_000,
        }  # fmt: skip
    store.close()


def test_a_text_is_no_number_and_a_reference_must_lead_somewhere(tmp_path: Path) -> None:
    """STRICT, and foreign keys."""
    store = opened(tmp_path)
    writes: list[tuple[str, str]] = [
        ("insert into staff values ('S', 'N', 'spoc', 'MDI', 'many')", "datatype|cannot store"),
        ("insert into sweep_part values ('no such sweep', 'MDI', 1)", "FOREIGN KEY"),
        ("insert into clock values (2, 1)", "CHECK"),
    ]
    for statement, message in writes:
        with pytest.raises(Exception, match=message), store.begin() as tx:
            tx.sql.exec_driver_sql(statement)
    store.close()
