"""The machine: secret files, the time zone, other packages of our names."""

import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import agent
from agent.domain.diagnosis import Diagnosis, listed, ok, warning, wrong
from agent.looks.base import Installation, Look
from agent.settings import PREFIX, Settings

OURS = "callsteward"
PACKAGES = ("agent", "connectors")
SECRETS = (
    "_secret_file", "_password_file", "_private_key_file", "_api_key_file", "_token_file",
    "_url_file", "_urls_file",
)  # fmt: skip


def secret_files(it: Installation) -> Iterator[Diagnosis]:
    """Each file that a setting says holds a secret."""
    found = [
        problem
        for name in Settings.model_fields
        if name.endswith(SECRETS) and (path := getattr(it.settings, name)) is not None
        if (problem := _secret_file(PREFIX + name.upper(), path))
    ]
    yield from found or [ok("settings.secrets", "Every secret file is there and is private.")]


def _secret_file(setting: str, path: Path) -> Diagnosis | None:
    about = "settings.secrets"
    try:
        told = path.stat()
        content = path.read_bytes()
    except OSError as err:
        says = f"{setting} names {path}, which cannot be read: {err.strerror}."
        return wrong(about, says, "Name a file that the user of callsteward may read.")
    if not stat.S_ISREG(told.st_mode) or not content.strip():
        return wrong(about, f"{setting} names {path}, which is empty.", "Write it anew.")
    if told.st_mode & 0o077:
        says = f"Others than its owner may use {path}, which {setting} names."
        return warning(about, says, f"Run: chmod 600 {path}")
    return None


def time_zone(now: datetime, name: str = "Europe/London") -> Iterator[Diagnosis]:
    """Nights are told in UK time."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    about = "machine.time-zone"
    try:
        zone = ZoneInfo(name)
    except ZoneInfoNotFoundError:
        cure = "Install the package tzdata: pip install tzdata"
        yield wrong(about, f"The time zone {name} is not known here.", cure)
    else:
        yield ok(about, f"It is {now.astimezone(zone):%H:%M on %d %b %Y} in the UK.")


def machine(now: datetime) -> Iterator[Diagnosis]:
    """What needs no settings. Our packages have plain names that others may have, too."""
    yield from time_zone(now)
    yield from clashes(packages_distributions())


def clashes(installed: Mapping[str, Iterable[str]]) -> Iterator[Diagnosis]:
    """`installed` has the distributions of each package."""
    about = "machine.names"
    others = {one for name in PACKAGES for one in installed.get(name, ())} - {OURS}
    strangers = [name for name in PACKAGES if not _is_ours(name)]
    if strangers:
        says = f"Python finds another package under the name {listed(strangers)}."
        yield wrong(about, says, "Install callsteward into a virtual environment of its own.")
    elif others:
        says = f"Other installed software has packages of our names: {listed(others)}."
        cure = "Install callsteward into a virtual environment of its own."
        yield warning(about, says, cure)
    else:
        yield ok(about, "No other installed software has packages of our names.")


def _is_ours(name: str) -> bool:
    """It lies beside this one."""
    found = find_spec(name)
    here = Path(agent.__file__).parents[1] / name / "__init__.py"
    return found is not None and found.origin is not None and here.samefile(found.origin)


LOOKS = (
    Look("settings.secrets", secret_files),
    Look("machine", lambda it: machine(it.now())),
)
