"""One sandbox with some planted faults, and real sweeps of it in processes of their own."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Any

from agent.cli.demo import settings_for
from agent.schemes import config_folder
from agent.services.consents import device_named, give_consent
from agent.settings import PREFIX, Settings
from agent.store.incidents import Incidents
from agent.wiring import open_store_of
from agent.zoom_wiring import tokens_of
from connectors.sandbox import run as sandbox
from tests.support.estates import BY
from tests.support.outside import Outside

PLANTED = (
    "not-enrolled", "unknown-device", "unsupervised", "extra-app", "changed-sim",
    "zoom-no-account", "cloud-recording-on", "recording-found", "waiting-room-unlocked",
)  # fmt: skip
LONGEST = 90  # seconds: a sweep that is not over by then hangs
FORKS = get_context("forkserver")
PRELOADED = ["agent.cli.main", "agent.wiring", "agent.worker", "agent.services.report"]
MIGRATING = Lock()  # Alembic has one context for a process

Verdicts = Mapping[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Swept:
    """What one `callsteward sweep --json` came to. `exit_code` None: it hung."""

    exit_code: int | None
    errors: str
    told: Mapping[str, Any]
    incidents: Mapping[tuple[str, str], str]  # type and subject: because

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset(device["tag"] for device in self.told["devices"])

    def verdicts(self) -> Verdicts:
        """Those that are no PASS, by subject and check."""
        rows = [row for device in self.told["devices"] for row in device["findings"]]
        return {
            (row["subject"], row["check"]): (row["verdict"], row["reason"])
            for row in [*rows, *self.told["elsewhere"]]
        }


class Bench:
    """A sandbox for one case after the other."""

    def __init__(self, said: Mapping[str, Any], folder: Path) -> None:
        self.outside = Outside(said)
        self.said, self.folder = said, folder
        self._cases = 0
        for number, fault in enumerate(PLANTED):
            subject = {} if fault == "unknown-device" else {"subject": f"K1000{number % 6 + 1}"}
            self.outside.control("POST", "plant", {"name": fault, **subject})
        self.outside.control("PUT", "pages", {"most": 3})
        with MIGRATING:
            self.outside.filled_store(folder).close()
        self.usual = self.sweep({})
        if self.usual.exit_code != 1 or self.usual.told["sweep"]["gaps"]:
            raise ChildProcessError(f"a sweep without a fault is not well: {self.usual}")

    def fails(self, *failures: Mapping[str, object]) -> None:
        self.outside.control("PUT", "failures", {"failures": failures})

    def sweep(self, more: Mapping[str, str]) -> Swept:
        """By an agent that was just set up, with these settings and fresh consents."""
        settings = self.set_up()
        swept = self.sweep_of(settings, more)
        shutil.rmtree(settings.data_dir)
        return swept

    def set_up(self) -> Settings:
        """A new agent of this estate. The sandbox's own mail server is not used."""
        self._cases += 1
        home = self.folder / f"case-{self._cases}"
        (home / "sandbox").mkdir(parents=True)
        shutil.copy(self.folder / "callsteward.db", home)
        ca_file = self.said["graph"].get("ca_file")
        trust = {"http_ca_file": None if ca_file is None else Path(ca_file)}
        settings = settings_for(home, self.said).model_copy(update=trust)
        self._consent(settings)
        return settings

    def sweep_of(self, settings: Settings, more: Mapping[str, str]) -> Swept:
        chosen = {PREFIX + name: value for name, value in more.items()}
        environment = _environment(settings) | chosen
        code, out, errors = carried_out(settings.data_dir, environment)
        with open_store_of(settings) as store, store.read() as tx:
            found = {(i.type, i.subject): i.because for i in Incidents(tx).open()}
        told = json.loads(out) if out.startswith("{") else {}
        return Swept(code, errors, told, found)

    def _consent(self, settings: Settings) -> None:
        with open_store_of(settings) as store:
            tokens = tokens_of(settings, store)
            for one in self.outside.control("POST", "consents", {})["consents"]:
                device = device_named(store, one["asset_tag"])
                give_consent(tokens, device, one["email"], one["refresh_token"], BY)


@contextmanager
def bench(folder: Path, *, tls: bool) -> Iterator[Bench]:
    """Three establishments, six iPads; `tls`: over HTTPS."""
    options = sandbox.Options(
        establishments_file=config_folder() / "establishments.csv",
        establishments=3,
        data=folder / "sandbox",
        tls=tls,
    )
    with sandbox.running(options) as said:
        yield Bench(said, folder)


def carried_out(home: Path, environment: Mapping[str, str]) -> tuple[int | None, str, str]:
    """Exit code, output and errors of a sweep in a process that is forked for it."""
    out, err = home / "out", home / "err"
    child = FORKS.Process(target=_sweep, args=(dict(environment), str(out), str(err)))
    child.start()
    child.join(LONGEST)
    code = child.exitcode
    if code is None:
        child.kill()
        child.join()
    child.close()
    return code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")


def _sweep(environment: Mapping[str, str], out: str, err: str) -> None:
    """As the command does it, with these settings and no others."""
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ.update(environment)
    sys.argv = ["callsteward", "sweep", "--json"]
    from agent.cli.main import main

    main()


def _environment(settings: Settings) -> dict[str, str]:
    """These settings as variables; letters stay owed, since there is no mail server."""
    told = {k: v for k, v in settings.model_dump(exclude_none=True).items() if v != ()}
    without = {name: value for name, value in told.items() if not name.startswith("smtp")}
    return {PREFIX + name.upper(): str(value) for name, value in without.items()}
