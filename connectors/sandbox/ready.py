"""What the sandbox says once it is ready, and the files that go with it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.sandbox import identity, paperwork
from connectors.sandbox.core import Core
from connectors.sandbox.mail import Mail


def write_files(core: Core, folder: Path) -> Mapping[str, str]:
    estate, signed = core.records.estate, core.entra.identity.signed
    contents = {
        "register": ("register.csv", paperwork.register(estate).encode()),
        "contacts": ("contacts.csv", paperwork.contacts(estate).encode()),
        "staff": ("staff.csv", paperwork.staff(estate).encode()),
        "certificate": ("graph.pem", signed.certificate_pem()),
        "private_key": ("graph-key.pem", signed.key_pem()),
    }
    return {
        what: str(identity.write(folder / name, content))
        for what, (name, content) in contents.items()
    }


def said(
    core: Core,
    files: Mapping[str, str],
    mail: Mail,
    control_url: str,
    notify_url: str,
    ca_file: Path | None,
) -> Mapping[str, Any]:
    """`ca_file` None: Graph and Zoom speak plain HTTP."""
    trust = {} if ca_file is None else {"ca_file": str(ca_file)}
    account = {"username": mail.username, "password": mail.password}
    return {
        "graph": {
            "base_url": core.base_url,
            "authority": core.base_url,
            "tenant_id": core.entra.identity.tenant_id,
            "client_id": core.entra.identity.client_id,
            "certificate_file": files["certificate"],
            "private_key_file": files["private_key"],
            "mail_client_id": core.entra.mail_client_id,
            "mail_sender": mail.username,
            **trust,
        },
        "zoom": {**core.zoom.said(), **trust},
        "notify": {
            "base_url": notify_url,
            "api_key": core.notify.key,
            **{f"{kind}_template_id": id_ for id_, kind in core.notify.templates.items()},
            **trust,
        },
        "control_url": f"{control_url}/_sandbox",
        "smtp": {
            "host": mail.host,
            "port": mail.smtp_port,
            **account,
            "ca_file": str(mail.ca_file),
            "starttls": True,
        },
        "imap": {"host": mail.host, "port": mail.imap_port, **account},
        "mail_web": f"http://{mail.host}:{mail.web_port}/",
        "files": {name: files[name] for name in ("register", "contacts", "staff")},
        "seed": core.records.estate.seed,
        "devices": core.records.estate.devices,
        "pid": os.getpid(),
    }
