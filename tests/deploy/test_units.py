"""The systemd units, as systemd's own tools judge them, and what they promise."""

import re
import shutil
from inspect import signature
from pathlib import Path

import pytest

from agent.cli.receive import receive
from agent.settings import PREFIX, SETTINGS_FILE, Settings
from tests.deploy.tools import DEPLOY, said, tool

SERVICES = ("callsteward.service", "callsteward-sweep.service")
RECEIVER = "callsteward-receive.service"
ALL = (*SERVICES, RECEIVER)
UNITS = (*ALL, "callsteward-sweep.timer")
DROP_IN = DEPLOY / "callsteward-credentials.conf"
SYSTEMD_ANALYZE = ("systemd-analyze", "apt-get install systemd")
SECRET = [
    ("LoadCredential", "zoom-events-secret:/etc/callsteward/zoom-events-secret"),
    ("Environment", "CALLSTEWARD_ZOOM_EVENTS_SECRET_FILE=%d/zoom-events-secret"),
]  # of the receiver
MOST_EXPOSURE = 15  # tenths; systemd calls what is below 20 "OK" and an unhardened unit 96
OWN = {"Type", "ExecStart", "Restart", "RestartSec", "TimeoutStopSec", "TimeoutStartSec",
       "SuccessExitStatus"}  # fmt: skip


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A root with this system's units, ours beside them, and a command to start."""
    shutil.copytree(
        "/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True
    )
    ours = tmp_path / "etc/systemd/system"
    ours.mkdir(parents=True)
    for name in UNITS:
        shutil.copyfile(DEPLOY / name, ours / name)
    for name in SERVICES:
        (ours / f"{name}.d").mkdir()
        shutil.copyfile(DROP_IN, ours / f"{name}.d" / "credentials.conf")
    command = tmp_path / "opt/callsteward/bin/callsteward"
    command.parent.mkdir(parents=True)
    command.touch(mode=0o755)
    return tmp_path


def lines(path: Path) -> list[tuple[str, str]]:
    """Each name and value of a unit file, in order."""
    rows = [line for line in path.read_text().splitlines() if re.match(r"\w+=", line)]
    return [(name, value) for name, _, value in (row.partition("=") for row in rows)]


def test_systemd_finds_nothing_to_say_of_the_units(
    request: pytest.FixtureRequest,
) -> None:
    analyze = tool(*SYSTEMD_ANALYZE)
    root = request.getfixturevalue("installed")
    assert said([analyze, "verify", f"--root={root}", *UNITS]) == (0, "")


@pytest.mark.parametrize("name", ALL)
def test_a_service_is_exposed_as_little_as_an_agent_can_be(name: str) -> None:
    analyze = tool(*SYSTEMD_ANALYZE)
    options = ("--no-pager", "--offline=true", f"--threshold={MOST_EXPOSURE}")
    code, told = said([analyze, "security", *options, DEPLOY / name])
    assert code == 0, told


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-03-28", ["2026-03-29 01:00:00 UTC", "2026-03-30 01:00:00 UTC"]),
        ("2026-10-24", ["2026-10-25 02:00:00 UTC", "2026-10-26 02:00:00 UTC"]),
    ],
)
def test_the_timer_keeps_uk_time_over_a_change_of_the_clocks(day: str, due: list[str]) -> None:
    analyze = tool(*SYSTEMD_ANALYZE)
    at = dict(lines(DEPLOY / "callsteward-sweep.timer"))["OnCalendar"]
    asked = ("calendar", f"--base-time={day} 12:00:00 UTC", "--iterations=2", at)
    code, told = said(["env", "TZ=UTC", analyze, *asked])
    assert code == 0, told
    assert re.findall(r"\S+ \S+ UTC$", told, re.MULTILINE) == due


def room(name: str) -> list[tuple[str, str]]:
    """What a service may do, whatever it does."""
    own = OWN | {"Description", "StartLimitIntervalSec", "WantedBy"}
    return [row for row in lines(DEPLOY / name) if row[0] not in own and row not in SECRET]


@pytest.mark.parametrize("name", ALL[1:])
def test_all_services_live_in_the_same_room(name: str) -> None:
    """A sweep by hand, and the receiver, get the rights of the agent, and no other."""
    assert room(name) == room(SERVICES[0])
    assert ("User", "callsteward") in room(name)


def test_the_receiver_has_its_own_secret_and_no_other() -> None:
    """Who could break into what the outside can reach finds no credential of Zoom's there."""
    told = lines(DEPLOY / RECEIVER)
    assert set(SECRET) <= set(told)
    assert [row for row in told if row[0].startswith("LoadCredential")] == SECRET[:1]


def test_the_receiver_listens_to_this_machine_alone() -> None:
    """It speaks no TLS: something else stands before it."""
    assert dict(lines(DEPLOY / RECEIVER))["ExecStart"].endswith("/callsteward receive")
    assert signature(receive).parameters["host"].default == "127.0.0.1"


def test_a_sweep_that_found_something_has_not_failed() -> None:
    """Exit 1 is findings; 2 is a sweep that could not run or read everything."""
    assert dict(lines(DEPLOY / SERVICES[1]))["SuccessExitStatus"] == "1"


@pytest.mark.parametrize("path", [*(DEPLOY / name for name in ALL), DROP_IN])
def test_each_variable_of_a_unit_is_a_setting(path: Path) -> None:
    given = [value.partition("=") for name, value in lines(path) if name == "Environment"]
    ours = {name for name, _, _ in given if name.startswith(PREFIX)}
    assert ours
    assert ours <= {PREFIX + name.upper() for name in Settings.model_fields} | {SETTINGS_FILE}


def test_each_secret_is_loaded_under_the_name_that_its_setting_names() -> None:
    loaded = {
        value.partition(":")[0] for name, value in lines(DROP_IN) if name == "LoadCredential"
    }
    named = {
        value.partition("=")[2].removeprefix("%d/")
        for name, value in lines(DROP_IN)
        if name == "Environment"
    }
    example = (DEPLOY.parent / "config/callsteward.example.toml").read_text()
    assert loaded == named
    assert all(f'"/etc/callsteward/{name}"' in example for name in loaded)
