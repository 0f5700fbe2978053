"""What Intune tells for each device by itself: policies, profiles, SIM and apps.

A fault hides the one field of the one device that it stands in the way of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from agent.domain.device import App, Device, Profile
from agent.domain.facts import NEVER, Fact, Known, Unknown
from agent.errors import ConnectorError
from agent.ports.mdm import Beat
from connectors.http import Missing, parsed
from connectors.mdm.batches import Batches, not_read
from connectors.mdm.graph import CONFIGURATION, DEVICES, Ask, Told
from connectors.mdm.intune_apps import Holders, holders
from connectors.mdm.intune_rows import (
    BUILT_IN,
    NOT_TOLD,
    SOURCE,
    DeviceRow,
    iccid,
    profile,
)

NO_ID = Unknown("not-read", f"{SOURCE} gives this record no id to ask by")


class _StateRow(msgspec.Struct, rename="camel"):
    """A `deviceConfigurationState` or a `deviceCompliancePolicyState`."""

    display_name: Any = None
    state: Any = None


@dataclass(frozen=True, slots=True)
class Details:
    """One reading of the details of many devices."""

    batches: Batches
    beat: Beat

    def of(self, devices: Sequence[Device]) -> list[Device]:
        """The same devices, in order, with the costly fields read."""
        if not devices:
            return []
        apps = holders(self.batches, self.beat)
        asks = [ask for device in devices for ask in _asks(device.id)]
        told = self.batches.told(asks, "details", self.beat)
        return [self._filled(device, apps, told) for device in devices]

    def _filled(self, device: Device, apps: Holders | Unknown, told: Iterator[Told]) -> Device:
        if not device.id:
            return replace(device, apps=NO_ID, profiles=NO_ID, policies=NO_ID, iccid=NO_ID)
        seen = device.last_seen
        at = seen.value if isinstance(seen, Known) else NEVER
        policies, profiles, record = _asks(device.id)
        of_policies, of_profiles, of_record = next(told), next(told), next(told)
        return replace(
            device,
            apps=_apps(device.id, apps, of_record, at),
            policies=_assigned(self._states(policies, of_policies, at)),
            profiles=_named(self._states(profiles, of_profiles, at)),
            iccid=_iccid(record, of_record, at),
        )

    def _states(self, ask: Ask, told: Told, at: datetime) -> Fact[tuple[Profile, ...]]:
        try:
            rows = self.batches.rows(ask, told, _StateRow, self.beat)
        except ConnectorError as err:
            return not_read(err)
        found = (profile(row.display_name, row.state, at) for row in rows)
        return Known(tuple(found), SOURCE, at)


def _asks(device: str) -> tuple[Ask, ...]:
    if not device:
        return ()
    path = f"/deviceManagement/managedDevices/{quote(device, safe='')}"
    return (
        Ask(f"{path}/deviceCompliancePolicyStates", CONFIGURATION),
        Ask(f"{path}/deviceConfigurationStates", CONFIGURATION),
        Ask(f"{path}?$select=id,iccid,udid", DEVICES),
    )


def _apps(
    device: str, apps: Holders | Unknown, record: Told, at: datetime
) -> Fact[tuple[App, ...]]:
    """A record that is gone by now has no apps either, which says nothing of the iPad."""
    if isinstance(record, Missing):
        return not_read(record)
    return apps if isinstance(apps, Unknown) else apps.on(device, at)


def _assigned(policies: Fact[tuple[Profile, ...]]) -> Fact[tuple[Profile, ...]]:
    """Without the built-in policy, which every device has: it would hide that none is set."""
    if isinstance(policies, Unknown):
        return policies
    kept = tuple(policy for policy in policies.value if policy.name not in BUILT_IN)
    return replace(policies, value=kept)


def _named(profiles: Fact[tuple[Profile, ...]]) -> Fact[tuple[Profile, ...]]:
    """A profile without a name may be any profile, so it hides which are there."""
    if isinstance(profiles, Known) and not all(profile.name for profile in profiles.value):
        return NOT_TOLD
    return profiles


def _iccid(ask: Ask, told: Told, at: datetime) -> Fact[str]:
    try:
        if isinstance(told, ConnectorError):
            raise told
        row = parsed(ask.shown, told, DeviceRow)
    except ConnectorError as err:
        return not_read(err)
    return iccid(row.iccid, at)
