"""One sandbox process for the whole run, healthy for each test; a command line without one.

And both databases: a file of SQLite, and a PostgreSQL that is shared by a run.
"""

import os
import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from agent.schemes import config_folder
from connectors.sandbox import run as sandbox
from tests.support import postgres as server
from tests.support.commands import Cli
from tests.support.outside import Outside
from tests.support.postgres import Server
from tests.support.skips import must_run

# Hundreds of processes of ours start here: they find their modules compiled, as Python leaves
# them unless a shell asked it not to.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# In memory where there is room: a disk would be asked to sync for each commit of each test.
MEMORY, ROOM = Path("/dev/shm"), 1 << 30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# How fast a machine draws examples says nothing of the code.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return must_run(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return must_run(report)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL for the whole run; a test that wants it skips where there is none."""
    with server.running() as found:
        if found is None:
            pytest.skip(server.ABSENT)
        yield found


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """The URL of a PostgreSQL database with the schema, and nothing in it."""
    return postgres.database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'callsteward.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database, of each kind in turn."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    options = sandbox.Options(
        establishments_file=config_folder() / "establishments.csv",
        establishments=3,
        data=tmp_path_factory.mktemp("sandbox"),
    )
    with sandbox.running(options) as said:
        yield Outside(said)


@pytest.fixture
def outside(running_sandbox: Outside) -> Iterator[Outside]:
    """Three establishments, six iPads, all well, by real HTTP and real SMTP."""
    running_sandbox.reset()
    yield running_sandbox
    running_sandbox.reset()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for one agent; spaces and all."""
    folder = tmp_path / "an agent's data"
    folder.mkdir()
    return folder


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> Cli:
    for name in os.environ:
        if name.upper().startswith("CALLSTEWARD_"):
            monkeypatch.delenv(name)
    return Cli(monkeypatch, capsys, home)
