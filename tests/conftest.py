"""One sandbox process for the whole run, healthy for each test; a command line without one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from agent.schemes import config_folder
from connectors.sandbox import run as sandbox
from tests.support.commands import Cli
from tests.support.outside import Outside

# How fast a machine draws examples says nothing of the code.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


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
