"""The wheel, installed elsewhere and used from /."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
COMMAND = "import sys; sys.argv[0] = 'callsteward'; from agent.cli.main import main; main()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built now."""
    pytest.importorskip("hatchling", reason="a wheel is built with hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=HERE, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """The Python of a venv that holds the wheel, and sees this one's packages."""
    folder = wheel.parent
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    unpack = [sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)]
    subprocess.run(unpack, check=True)
    return folder / "venv" / "bin" / "python"


def callsteward(python: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as its entry point runs it, from /, with an almost empty environment."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    command = [str(python), "-c", COMMAND, *words]
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True)


def test_the_wheel_holds_what_runs_and_nothing_of_the_clone_beside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        names = held.namelist()
    assert {name.partition("/")[0] for name in names} == {
        "agent",
        "connectors",
        f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info",
    }
    config = (HERE / "config").rglob("*")
    shipped = {f"agent/{path.relative_to(HERE)}" for path in config if path.is_file()}
    assert shipped
    assert shipped <= set(names)
    assert not [name for name in names if name.endswith((".pyc", ".db", ".pem", ".key"))]


def test_the_installed_package_is_the_wheels_own(python: Path, tmp_path: Path) -> None:
    where = "import agent, connectors.sandbox; print(agent.__file__, connectors.__file__)"
    said = subprocess.run([python, "-c", where], cwd="/", capture_output=True, text=True)
    assert str(HERE) not in said.stdout
    assert said.returncode == 0, said.stderr


def test_the_installed_command_runs_the_demo_from_the_root_folder(
    python: Path, tmp_path: Path
) -> None:
    words = ("demo", "--json", "--establishments", "2", "--faults", "2")
    said = callsteward(python, tmp_path, *words, "--data", str(tmp_path / "demo"))
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout.splitlines()[-1])
    assert (told["devices"], told["missed"], told["unexpected"]) == (4, 0, 0)
