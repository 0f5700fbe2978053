"""`callsteward doctor` on PostgreSQL: well, and each thing that may be wrong with it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from agent.doctor_wiring import ConfiguredOutside
from agent.looks import database as looks
from agent.looks.base import Installation
from agent.settings import load
from agent.store.engine import metadata
from connectors.http import utc_now
from tests.support import postgres as pg
from tests.support.commands import Cli
from tests.support.installed import CANARY, Installed, last_night, live_in
from tests.support.outside import ROOT, Outside, clean_environment
from tests.support.postgres import Server
from tests.support.sockets import saying, serving

HEARD = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
X, W, U = "wrong", "warning", "could not look"
OF_THE_STORE = (
    "database.clock", "database.audit", "database.key", "estate.register", "estate.contacts",
    "nights.last", "nights.late", "zoom.consents",
)  # fmt: skip
UNREAD = dict.fromkeys(OF_THE_STORE, U)


class Shared(Installed):
    """Its database is a PostgreSQL's, its key in its folder."""

    def __init__(
        self, cli: Cli, outside: Outside, made: Path, server: Server, url: str
    ) -> None:
        super().__init__(cli, outside, made)
        self.server, self.url = server, url
        self.set("database_url", url)

    @property
    def name(self) -> str:
        return make_url(self.url).database or ""

    def at(self, **parts: Any) -> None:
        """Its URL with another part."""
        self.set("database_url", make_url(self.url).set(**parts).render_as_string())

    def sql(self, statement: str) -> None:
        self.server.execute(statement, database=self.name)

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        tables = [*metadata.tables, "alembic_version"]
        all_of = "select t::text from {} t order by 1"
        return {one: self.server.execute(all_of, one, database=self.name) for one in tables}


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """A server that keeps what it is given, as one in service does."""
    with pg.running(pg.DURABLE) as found:
        if found is None:
            pytest.skip(pg.ABSENT)
        yield found


@pytest.fixture(scope="module")
def made(
    durable: Server, running_sandbox: Outside, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A database and the folder of its key."""
    url, folder = durable.empty(), tmp_path_factory.mktemp("made")
    live_in(running_sandbox, url, folder)
    return url, folder


@pytest.fixture
def well(
    cli: Cli, outside: Outside, durable: Server, made: tuple[str, Path]
) -> Iterator[Shared]:
    url = durable.copy(made[0])
    it = Shared(cli, outside, made[1], durable, url)
    with serving(saying(HEARD)) as port:
        it.heard_by(port)
        yield it
    durable.drop(url)


def _not_ok(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {about: one["outcome"] for about, one in found.items() if one["outcome"] != "ok"}


def test_a_whole_installation_is_well_and_nothing_is_changed(well: Shared) -> None:
    before = well.rows()
    code, found = well.doctor()
    assert (code, _not_ok(found)) == (0, {})
    assert well.rows() == before
    assert not list(well.home.glob("*.db*"))
    assert set(found) >= {
        "database.server", "database.encoding", "database.access", "database.rights",
        "database.schema", "database.durability", "database.server-clock", "database.size",
        *OF_THE_STORE,
    }  # fmt: skip
    assert "PostgreSQL's clock" in found["database.clock"]["says"]
    assert "6 iPads are" in found["estate.register"]["says"]
    assert "MiB" in found["database.size"]["says"]


def _sql(statement: str) -> Callable[[Shared], None]:
    return lambda it: it.sql(statement)


def _database(change: str) -> Callable[[Shared], None]:
    def alter(it: Shared) -> None:
        it.server.execute(f"alter database {{}} {change}", it.name)

    return alter


def _no_key(it: Shared) -> None:
    (it.home / "zoom.key").unlink()


def _open_password(it: Shared) -> None:
    it.set_secret("database_password_file", CANARY).chmod(0o644)


def _late_mail(it: Shared) -> None:
    it.sql("insert into obligation select 'mail/1', 'mail', '1', 'owed', latest - 960000000,"
           " latest, 0, 1, 0 from clock")  # fmt: skip


LAST = f"'{last_night()}'"
FAULTS: dict[str, tuple[Callable[[Shared], None], dict[str, str]]] = {
    "read-only": (_database("set default_transaction_read_only = on"), {"database.access": X}),
    "no right": (_sql("revoke update on mail from callsteward"), {"database.rights": X}),
    "audit only added to": (_sql("revoke update, delete on audit from callsteward"), {}),
    "commits do not wait": (_database("set synchronous_commit = off"), {}),  # ours do
    "audit cut": (_sql("delete from audit where seq = (select max(seq) from audit)"),
                  {"database.audit": X}),
    "key gone": (_no_key, {"database.key": X}),
    "open password": (_open_password, {"settings.secrets": W}),
    "night partial": (_sql(f"update sweep set state = 'PARTIAL' where id = {LAST}"),
                      {"nights.last": W}),
    "late mail": (_late_mail, {"nights.late": X}),
    "no inbox": (_sql("delete from inbox where role = 'security' and scope = 'establishment'"),
                 {"estate.contacts": X}),
    "no SPOC": (_sql("update staff set active = 0 where role = 'spoc'"), {"estate.spoc": W}),
    "no consent": (_sql("update consent set lapsed_at = 1"), {"zoom.consents": W}),
    "clock behind": (_sql("update clock set latest = latest + 172800000000"),
                     {**UNREAD, "database.clock": X}),
    "older": (_sql("update alembic_version set version_num = '0001'"),
              {**UNREAD, "database.schema": X}),
    "no schema": (_sql("drop table alembic_version"), {**UNREAD, "database.schema": X}),
    "not its own": (_sql("revoke select on alembic_version from callsteward"),
                    {**UNREAD, "database.server": X}),
    "nowhere": (lambda it: it.at(database="nowhere"), {**UNREAD, "database.server": X}),
    "away": (lambda it: it.at(query={"host": str(it.home)}), {**UNREAD, "database.server": X}),
    "no such user": (lambda it: it.at(username="strange"), {**UNREAD, "database.server": X}),
    "no password file": (lambda it: it.set("database_password_file", "/none/x"),
                         {**UNREAD, "database.server": X, "settings.secrets": X}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told_with_its_cure_and_hides_nothing_else(
    well: Shared, name: str
) -> None:
    breaks, bad = FAULTS[name]
    breaks(well)
    code, found = well.doctor()
    assert _not_ok(found) == bad
    assert code == (1 if bad else 0)
    assert all(found[about]["cure"] for about in bad)
    assert CANARY not in str(found)


def test_a_wrong_password_is_told_and_the_right_one_is_taken_from_its_file(
    well: Shared,
) -> None:
    if not well.server.ours:
        pytest.skip("a server that is not our own asks for passwords as it likes")
    well.server.execute(f"create role {pg.LOCKED} login superuser password '{CANARY}'")
    well.at(username=pg.LOCKED)
    well.set_secret("database_password_file", f"not-{CANARY}")
    code, found = well.doctor()
    assert (code, _not_ok(found)) == (1, {**UNREAD, "database.server": X})
    assert "refuses the user or the password" in found["database.server"]["says"]
    assert "CALLSTEWARD_DATABASE_PASSWORD_FILE" in found["database.server"]["cure"]
    assert CANARY not in str(found)
    well.set_secret("database_password_file", CANARY)
    assert well.doctor()[0] == 0
    well.server.execute(f"drop role {pg.LOCKED}")


def test_an_empty_database_and_who_may_not_fill_it_are_told(well: Shared) -> None:
    empty = well.server.empty()
    well.set("database_url", empty)
    found = well.doctor()[1]
    assert _not_ok(found) == {**UNREAD, "database.schema": X}
    well.server.execute("create role stranger login")
    well.set("database_url", make_url(empty).set(username="stranger").render_as_string())
    found = well.doctor()[1]
    assert _not_ok(found) == {**UNREAD, "database.schema": X, "database.rights": X}
    well.server.execute("drop role stranger")
    well.server.drop(empty)


def test_a_database_of_another_encoding_is_told(well: Shared) -> None:
    made = "create database ascii template template0 encoding 'SQL_ASCII' locale 'C'"
    well.server.execute(made)
    well.set("database_url", str(well.server.url.set(database="ascii")))
    assert well.doctor()[1]["database.encoding"]["outcome"] == X
    well.server.execute("drop database ascii with (force)")


def test_a_server_that_may_forget_what_it_kept_is_told(well: Shared, postgres: Server) -> None:
    if not postgres.ours:
        pytest.skip("whether a server that is not our own keeps its word is its own affair")
    well.set("database_url", postgres.database())
    told = well.doctor()[1]["database.durability"]
    assert told["outcome"] == W
    assert "fsync, full_page_writes;" in told["says"]


def _ahead(seconds: float) -> Callable[[], datetime]:
    return lambda: utc_now() + timedelta(seconds=seconds)


def test_clocks_that_differ_are_told(well: Shared) -> None:
    it = Installation(load(), None, ConfiguredOutside(load()), utc_now, Path("none"))
    told = {}
    for seconds in (0, 60, -400):
        shifted = replace(it, now=_ahead(seconds))
        found = {one.about: one for one in looks.condition(shifted)}
        told[seconds] = found["database.server-clock"].outcome.value
    assert told == {0: "ok", 60: W, -400: X}


NO_DRIVER = "import sys; sys.modules['psycopg'] = None; from agent.cli.main import main; main()"


def test_without_its_driver_the_cure_is_told_and_the_rest_looked_at(home: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", NO_DRIVER, "doctor"],
        env=clean_environment()
        | {"PYTHONPATH": str(ROOT), "CALLSTEWARD_DATABASE_URL": "postgresql://agent@db/x",
           "CALLSTEWARD_DATA_DIR": str(home)},
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (1, "")
    assert "wrong: database.server: The driver of PostgreSQL is not installed." in told.stdout
    assert "pip install 'callsteward[postgres]'" in told.stdout
    assert "ok: machine.names" in told.stdout
