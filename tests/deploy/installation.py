"""/etc/callsteward for an agent whose outside is the sandbox: settings, secrets, lists."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.cli.demo import settings_for

ETC = Path("/etc/callsteward")
NAMES = {  # as deploy/callsteward-credentials.conf and callsteward.example.toml have them
    "intune_certificate_file": "intune.pem",
    "intune_private_key_file": "intune-key.pem",
    "zoom_reader_client_secret_file": "zoom-reader-secret",
    "zoom_user_app_client_secret_file": "zoom-user-app-secret",
    "smtp_password_file": "smtp-password",
    "smtp_ca_file": "smtp-ca.pem",
}
PUBLIC = {"smtp_ca_file"}
LISTS = ("staff", "contacts", "register")


def configure(folder: Path, said: Mapping[str, Any], owner: int) -> None:
    """Fill the folder that is /etc/callsteward inside; the secrets are the owner's alone."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as aside:
        (Path(aside) / "sandbox").mkdir()
        settings = settings_for(Path(aside), said)
        told = settings.model_dump(mode="json", exclude_none=True, exclude={"data_dir"})
        for setting, name in NAMES.items():
            shutil.copyfile(getattr(settings, setting), folder / name)
            (folder / name).chmod(0o644 if setting in PUBLIC else 0o600)
            shutil.chown(folder / name, owner, owner)
            told[setting] = str(ETC / name)
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in told.items()]
    (folder / "callsteward.toml").write_text("".join(lines), encoding="utf-8")
    for name in LISTS:
        shutil.copyfile(said["files"][name], folder / f"{name}.csv")
