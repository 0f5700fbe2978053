"""A whole installation that is well, on a real sandbox."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from agent.domain.uk_time import LONDON
from agent.services.consents import device_named, give_consent
from agent.store.engine import Store
from agent.store.opening import open_store
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.store.sweeps import Sweeps
from connectors.http import utc_now
from tests.support.commands import Cli
from tests.support.estates import BY
from tests.support.outside import Outside

CANARY = "canary-51ab"


class Installed:
    """Its database lies in the folder `made`, or elsewhere."""

    def __init__(self, cli: Cli, outside: Outside, made: Path) -> None:
        self.cli, self.outside, self.home = cli, outside, cli.home
        for file in made.iterdir():
            shutil.copy2(file, cli.home)
        cli.take(outside.environment(cli.home))
        (cli.home / "smtp-password").chmod(0o600)
        self._zoom()
        self._texts()

    def _texts(self) -> None:
        told = self.outside.said["notify"]
        self.set("notify_url", told["base_url"])
        self.set("notify_sms_template_id", told["sms_template_id"])
        self.set_secret("notify_api_key_file", told["api_key"])

    def _zoom(self) -> None:
        told = self.outside.said["zoom"]
        base = str(self.outside.said["control_url"]).removesuffix("/_sandbox") + "/zoom"
        for app in ("reader", "user_app"):
            self.set_secret(f"zoom_{app}_client_secret_file", told[app]["client_secret"])
            self.set(f"zoom_{app}_client_id", told[app]["client_id"])
        self.set("zoom_account_id", told["account_id"])
        self.set("zoom_redirect_uri", told["user_app"]["redirect_uri"])
        self.set("zoom_plan", "business")
        self.set("zoom_api_url", base)
        self.set("zoom_oauth_url", base)

    def set(self, name: str, value: object) -> None:
        self.cli.set(**{f"CALLSTEWARD_{name.upper()}": str(value)})

    def set_secret(self, name: str, content: str) -> Path:
        path = self.home / name
        path.write_text(content + "\n", encoding="utf-8")
        path.chmod(0o600)
        self.set(name, path)
        return path

    def heard_by(self, port: int) -> None:
        self.set_secret("heartbeat_url_file", f"http://127.0.0.1:{port}/{CANARY}")

    def store(self) -> Store:
        return open_store(f"sqlite:///{self.home / 'callsteward.db'}", utc_now)

    def sql(self, statement: str) -> None:
        with closing(sqlite3.connect(self.home / "callsteward.db")) as sql:
            sql.execute(statement)
            sql.commit()

    def doctor(self, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
        code, out, err = self.cli("doctor", "--json", *words)
        assert err == ""
        told = json.loads(out)
        assert set(told) == {"ok", "diagnoses"}
        assert told["ok"] == (code == 0)
        return code, {one["about"]: one for one in told["diagnoses"]}


def last_night() -> date:
    """The night that began last."""
    now = utc_now().astimezone(LONDON)
    return now.date() - timedelta(days=0 if now.time() >= time(2) else 1)


def live_in(outside: Outside, where: Path | str, folder: Path) -> None:
    """A database and its key: the estate, every consent, and a night that is done."""
    with closing(outside.filled_store(where)) as store:
        tokens = SealedTokens(store, KeyFile(folder / "zoom.key"))
        for one in outside.control("POST", "consents")["consents"]:
            device, account = device_named(store, one["asset_tag"]), one["email"].lower()
            give_consent(tokens, device, account, one["refresh_token"], BY)
        with store.begin() as tx:
            night = last_night().isoformat()
            Sweeps(tx).start(night, ())
            Sweeps(tx).end(night)
