"""The real sandbox as a process, shared by a test run, and the agent's settings for it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.request import Request, urlopen

from agent.schemes import load_scheme
from agent.services.people import import_contacts, import_staff
from agent.services.register import import_register
from agent.store.engine import Store
from connectors.http import utc_now
from connectors.sandbox.mail import read_all
from tests.support.estates import BY
from tests.support.stores import a_store

PREFIX = "CALLSTEWARD_"
SECONDS = 60.0  # how long a process may take before a test gives up on it
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outside:
    """A running sandbox. `reset` makes it healthy again."""

    said: Mapping[str, Any]

    def control(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self.said['control_url']}/{path}", data=content, method=method)
        with urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def reset(self) -> None:
        self.control("PUT", "failures", {"failures": []})
        self.control("PUT", "pages", {"most": None})
        self.control("PUT", "latency", {"ms": 0})
        self.control("POST", "clear", {})
        self.control("DELETE", "records")
        self.control("DELETE", "zoom")
        self.control("PUT", "roles")
        self.control(
            "PUT",
            "notify",
            {"ahead": 0, "receipts": "", "token": "", "team": None, "forget": True},
        )

    def edit(self, tag: str, **fields: object) -> None:
        self.control("PATCH", f"records/managedDevices/{tag}", {"set": fields})

    def fail(self, endpoint: str, status: int = 403) -> None:
        failures = [{"endpoint": endpoint, "status": status}]
        self.control("PUT", "failures", {"failures": failures})

    def mails(self) -> list[EmailMessage]:
        """Every mail that was ever taken, oldest first."""
        return read_all(self.said["imap"]["host"], self.said["imap"]["port"])

    def by_day(self) -> list[EmailMessage]:
        """Of them those that come at any hour: no digest, none for a telephone at night."""
        rung = ("For duty-phone", "For infosec-phone")
        return [
            mail
            for mail in self.mails()
            if not mail.get_content().startswith(rung)
            and not str(mail["Subject"]).startswith("callsteward ")
        ]

    def environment(self, folder: Path, url: str = "") -> dict[str, str]:
        """The variables of an agent that lives in this folder, its database there or not."""
        graph, smtp = self.said["graph"], self.said["smtp"]
        password = folder / "smtp-password"
        password.write_text(smtp["password"] + "\n", encoding="utf-8")
        told = {
            "data_dir": folder,
            "mdm": "intune",
            "intune_tenant_id": graph["tenant_id"],
            "intune_client_id": graph["client_id"],
            "intune_certificate_file": graph["certificate_file"],
            "intune_private_key_file": graph["private_key_file"],
            "graph_url": graph["base_url"],
            "login_url": graph["authority"],
            "smtp_host": smtp["host"],
            "smtp_port": smtp["port"],
            "smtp_username": smtp["username"],
            "smtp_password_file": password,
            "smtp_ca_file": smtp["ca_file"],
            "mail_from": "callsteward@justice.example",
        }
        told |= {"database_url": url} if url else {}
        return {PREFIX + name.upper(): str(value) for name, value in told.items()}

    def filled_store(self, where: Path | str) -> Store:
        """The database there, with the estate's register, staff and inboxes."""
        store = a_store(where, utc_now)
        scheme = load_scheme()
        files = {name: Path(path).read_bytes() for name, path in self.said["files"].items()}
        import_staff(store, scheme, files["staff"], BY)
        import_contacts(store, scheme, files["contacts"], BY)
        import_register(store, scheme, files["register"], BY)
        return store


def clean_environment() -> dict[str, str]:
    """This process's, without any setting of the agent."""
    return {k: v for k, v in os.environ.items() if not k.upper().startswith(PREFIX)}


def start(
    *words: str, settings: Mapping[str, str], module: str = "agent.cli"
) -> "subprocess.Popen[str]":
    """A real process of ours."""
    entry = [sys.executable, "-c", "from agent.cli.main import main; main()"]
    command = entry if module == "agent.cli" else [sys.executable, "-m", module]
    return subprocess.Popen(
        [*command, *words],
        env=clean_environment() | {"PYTHONPATH": str(ROOT)} | dict(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *words: str, settings: Mapping[str, str], module: str = "agent.cli"
) -> tuple[int, str, str]:
    """Exit code, output and errors of a process that ends by itself."""
    with start(*words, settings=settings, module=module) as child:
        out, err = child.communicate(timeout=SECONDS)
    return child.returncode, out, err


def until(holds: Callable[[], object]) -> None:
    """Wait for another process to bring it about."""
    end = monotonic() + SECONDS
    while not holds():
        assert monotonic() < end, "it never came about"
        Event().wait(0.02)
