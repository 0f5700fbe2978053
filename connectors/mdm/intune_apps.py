"""Which iPad holds which apps. Graph v1.0 tells it only from the app's side.

One device list that does not come could name any iPad, so it hides the apps of all.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from agent.domain.device import App
from agent.domain.facts import Fact, Known, Unknown
from agent.errors import ConnectorError, UnknownReply
from agent.ports.mdm import Beat
from connectors.http import parsed
from connectors.mdm.batches import Batches, not_read
from connectors.mdm.graph import DEVICES, Ask
from connectors.mdm.intune_rows import SOURCE, Told, plain

APPS = Ask("/deviceManagement/detectedApps?$top=1000", DEVICES)

ELSEWHERE = frozenset(
    {
        "windows",
        "windowsMobile",
        "windowsHolographic",
        "macOS",
        "chromeOS",
        "androidOSP",
        "androidDeviceAdministrator",
        "androidWorkProfile",
        "androidDedicatedAndFullyManaged",
    }
)
"""Platforms that are not an iPad's. Any other word is looked into."""


class AppRow(msgspec.Struct, rename="camel"):
    """A `detectedApp`: one version of one app."""

    id: Any = None
    display_name: Any = None
    version: Any = None
    platform: Any = None


class _Holder(msgspec.Struct):
    id: Any = None


@dataclass(frozen=True, slots=True)
class Holders:
    """The apps found in the whole tenant, by the id of the device that has them."""

    apps: Mapping[str, tuple[AppRow, ...]]

    def on(self, device: str, at: datetime) -> Fact[tuple[App, ...]]:
        """The apps on one device. One without a name hides them: it may be any app."""
        rows = self.apps.get(device, ())
        for row in rows:
            name = Told("an app's name", row.display_name, at).filled()
            if isinstance(name, Unknown):
                return name
        found = (App(plain(row.display_name), plain(row.version)) for row in rows)
        return Known(tuple(found), SOURCE, at)


def holders(batches: Batches, beat: Beat) -> Holders | Unknown:
    """Read the apps and, for each, its devices."""
    try:
        apps = _apps(batches, beat)
        asks = [_devices_with(app) for app in apps]
        found: dict[str, list[AppRow]] = defaultdict(list)
        for app, ask, told in zip(apps, asks, batches.told(asks, "apps", beat), strict=True):
            for row in batches.rows(ask, told, _Holder, beat):
                found[_id(row.id, ask)].append(app)
    except ConnectorError as err:
        return not_read(err)
    return Holders({device: tuple(rows) for device, rows in found.items()})


def _apps(batches: Batches, beat: Beat) -> list[AppRow]:
    found: dict[str, AppRow] = {}
    for page in batches.graph.pages(APPS):
        for raw in page.value:
            row = parsed(APPS.shown, raw, AppRow)
            if plain(row.platform) not in ELSEWHERE:
                found[_id(row.id, APPS)] = row
        beat("list of apps", len(found), 0)
    return list(found.values())


def _devices_with(app: AppRow) -> Ask:
    path = f"/deviceManagement/detectedApps/{quote(str(app.id), safe='')}/managedDevices"
    return Ask(f"{path}?$select=id&$top=1000", DEVICES)


def _id(raw: object, ask: Ask) -> str:
    if isinstance(raw, str) and raw:
        return raw
    raise UnknownReply(f"{ask.shown}: a row without an id")
