"""A database that cannot be used: one line with the cure, exit 2, and nothing is written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from connectors.http import utc_now
from tests.support import postgres as pg
from tests.support.commands import Cli
from tests.support.outside import ROOT, clean_environment
from tests.support.postgres import Server
from tests.support.stores import a_store

URL = "CALLSTEWARD_DATABASE_URL"
PASSWORD = "hunter2-s3cret"


def _one_line(told: tuple[int, str, str]) -> str:
    code, out, err = told
    assert (code, out, err.count("\n")) == (2, "", 1), told
    assert err.startswith("callsteward: ")
    assert "fault of its own" not in err
    assert PASSWORD not in err
    return err


def _edit(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as sql:
        sql.execute(statement)
        sql.commit()


def _older(file: Path) -> None:
    _edit(file, "update alembic_version set version_num = '0001'")


def _newer(file: Path) -> None:
    _edit(file, "update alembic_version set version_num = '9999'")


def _foreign(file: Path) -> None:
    file.unlink()
    _edit(file, "create table theirs (x)")


def _no_database(file: Path) -> None:
    file.write_bytes(b"These are minutes of a meeting.\n" * 200)


def _torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:4096])


def _a_bad_page(file: Path) -> None:
    """The page of the verdicts, which no command reads at its start."""
    with closing(sqlite3.connect(file)) as sql:
        [(page,)] = sql.execute("select rootpage from sqlite_master where name = 'verdict'")
        [(size,)] = sql.execute("pragma page_size")
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(content)


SQLITE: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "older": (_older, "has schema 0001", "callsteward database upgrade"),
    "newer": (_newer, "does not know (9999)", "Install the version of callsteward"),
    "foreign": (_foreign, "does not know (no version)", "restore a backup"),
    "no database": (_no_database, "file is not a database", "restore a backup"),
    "torn": (_torn, "malformed", "restore a backup"),
    "a bad page": (_a_bad_page, "is damaged", "restore a backup"),
}


@pytest.mark.parametrize("what", SQLITE)
def test_a_file_that_cannot_be_used_is_left_as_it_was(cli: Cli, what: str) -> None:
    make, words, cure = SQLITE[what]
    a_store(cli.home, utc_now).close()
    file = cli.home / "callsteward.db"
    make(file)
    before = file.read_bytes()
    line = _one_line(cli("audit", "verify"))
    assert (words in line, cure in line) == (True, True), line
    assert file.read_bytes() == before


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from agent.cli.main import main
main()
"""


def _unwatched() -> dict[str, str]:
    """Without the measuring of coverage, whose files would be cut off too."""
    return {k: v for k, v in clean_environment().items() if not k.startswith("COVERAGE_")}


@pytest.mark.parametrize("there_already", [True, False])
def test_a_disk_that_is_full_is_told_and_nothing_is_lost(cli: Cli, there_already: bool) -> None:
    """A real process that may write no file larger than so."""
    if there_already:
        a_store(cli.home, utc_now).close()
    staff = cli.home / "staff.csv"
    people = "".join(f"S-{n},Name {n},governor,MDI\n" for n in range(9000))
    staff.write_text("id,name,role,establishment\nS-INFOSEC,Sam,infosec,\n" + people)
    most = "200000" if there_already else "20000"
    told = subprocess.run(
        [sys.executable, "-c", FULL, most, "staff", "import", str(staff), "--by", "S-INFOSEC",
         "--yes"],
        env=_unwatched() | {"PYTHONPATH": str(ROOT), "CALLSTEWARD_DATA_DIR": str(cli.home)},
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert told.returncode == 2, told
    assert told.stderr.count("\n") == 1
    assert "disk" in told.stderr, told.stderr
    code, out, _ = cli("audit", "verify")
    assert (code, "0 rows" in out) == (0, True)


@pytest.fixture
def database(postgres: Server, cli: Cli) -> Iterator[str]:
    """A PostgreSQL database of its own, with the schema, and the command line on it."""
    url = postgres.empty()
    a_store(url, utc_now).close()
    cli.set(**{URL: url})
    yield url
    postgres.drop(url)


def _name(url: str) -> str:
    return str(make_url(url).database)


def _as(url: str, **parts: str) -> str:
    return make_url(url).set(**parts).render_as_string()  # type: ignore[arg-type]


def test_postgresql_takes_the_commands_that_sqlite_takes(cli: Cli, database: str) -> None:
    assert cli("database", "upgrade") == (0, "The database has schema 0010.\n", "")
    code, out, _ = cli("audit", "verify")
    assert (code, "holds: 0 rows" in out) == (0, True)
    assert cli("register", "export")[0] == 0


@pytest.mark.parametrize("command", [("audit", "verify"), ("database", "upgrade")])
def test_a_postgresql_that_is_away_is_told(cli: Cli, command: tuple[str, ...]) -> None:
    for url in (f"postgresql://agent@/x?host={cli.home}", "postgresql://agent@127.0.0.1:9/x"):
        cli.set(**{URL: url})
        line = _one_line(cli(*command))
        assert "PostgreSQL cannot be reached" in line
        assert URL in line


def test_a_database_that_is_not_there_is_told(cli: Cli, database: str) -> None:
    cli.set(**{URL: _as(database, database="nowhere")})
    assert "has no database of this name" in _one_line(cli("audit", "verify"))


def test_a_role_that_is_not_there_is_told(cli: Cli, database: str) -> None:
    cli.set(**{URL: _as(database, username="nobody-of-this-name")})
    assert "refuses the user or the password" in _one_line(cli("audit", "verify"))


def test_a_password_is_taken_from_its_file_and_a_wrong_one_is_told(
    cli: Cli, database: str, postgres: Server
) -> None:
    if not postgres.ours:
        pytest.skip("a server that is not our own asks for passwords as it likes")
    postgres.execute(f"drop role if exists {pg.LOCKED}")
    postgres.execute(f"create role {pg.LOCKED} login superuser password '{PASSWORD}'")
    cli.set(**{URL: _as(database, username=pg.LOCKED)})
    assert "refuses the user or the password" in _one_line(cli("audit", "verify"))
    file = cli.home / "password"
    cli.set(CALLSTEWARD_DATABASE_PASSWORD_FILE=str(file))
    assert "CALLSTEWARD_DATABASE_PASSWORD_FILE" in _one_line(cli("audit", "verify"))
    file.write_text("wrong\n")
    assert "refuses the user or the password" in _one_line(cli("audit", "verify"))
    file.write_text(f"{PASSWORD}\n")
    assert cli("audit", "verify")[0] == 0
    postgres.execute(f"drop role {pg.LOCKED}")


def test_a_role_without_rights_is_told(cli: Cli, database: str, postgres: Server) -> None:
    postgres.execute("drop role if exists stranger")
    postgres.execute("create role stranger login")
    cli.set(**{URL: _as(database, username="stranger")})
    line = _one_line(cli("audit", "verify"))
    assert "lacks a right that it needs" in line
    assert "alter database" in line
    empty = postgres.empty()
    cli.set(**{URL: _as(empty, username="stranger")})
    assert "lacks a right that it needs" in _one_line(cli("audit", "verify"))
    postgres.drop(empty)
    postgres.execute("drop role stranger")


@pytest.mark.parametrize(
    ("revision", "words"), [("9999", "does not know (9999)"), ("0001", "has schema 0001")]
)
def test_another_schema_is_refused(
    cli: Cli, database: str, postgres: Server, revision: str, words: str
) -> None:
    change = f"update alembic_version set version_num = '{revision}'"
    postgres.execute(change, database=_name(database))
    assert words in _one_line(cli("audit", "verify"))


def test_a_database_of_somebody_else_is_refused(
    cli: Cli, database: str, postgres: Server
) -> None:
    postgres.execute("drop table alembic_version", database=_name(database))
    assert "does not know (no version)" in _one_line(cli("audit", "verify"))
    assert "does not know (no version)" in _one_line(cli("database", "upgrade"))


def test_a_database_that_only_reads_is_refused(
    cli: Cli, database: str, postgres: Server
) -> None:
    only = "alter database {} set default_transaction_read_only = on"
    postgres.execute(only, _name(database))
    for command in (("audit", "verify"), ("database", "upgrade")):
        line = _one_line(cli(*command))
        assert "the database is read-only" in line
        assert "target_session_attrs" in line


def test_a_database_that_cannot_keep_every_letter_is_refused(
    cli: Cli, postgres: Server
) -> None:
    name = f"ascii_{os.getpid()}"
    made = "create database {} template template0 encoding 'SQL_ASCII' locale 'C'"
    postgres.execute(made, name)
    cli.set(**{URL: str(postgres.url.set(database=name))})
    assert "does not keep its texts as UTF8" in _one_line(cli("audit", "verify"))
    postgres.execute("drop database {} with (force)", name)


NO_DRIVER = "import sys; sys.modules['psycopg'] = None; from agent.cli.main import main; main()"


def test_without_its_driver_one_sentence_tells_the_cure() -> None:
    told = subprocess.run(
        [sys.executable, "-c", NO_DRIVER, "audit", "verify"],
        env=clean_environment() | {"PYTHONPATH": str(ROOT), URL: "postgresql://agent@db/x"},
        capture_output=True, text=True,
    )  # fmt: skip
    line = _one_line((told.returncode, told.stdout, told.stderr))
    assert "pip install 'callsteward[postgres]'" in line
