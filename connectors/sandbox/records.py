"""Every record of the tenant: the healthy estate, worked out when asked for, under its edits.

An edit belongs to a layer (a planted fault's subject, or `RAW` for edits by hand), so that
taking a layer away gives back exactly what was there before.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from agent.errors import BadInput
from connectors.sandbox import devices, tenant
from connectors.sandbox.estate import Estate
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.healthy import ONES, UNDER_USERS

DEVICES = "managedDevices"
POLICIES = "deviceCompliancePolicyStates"
PROFILES = "deviceConfigurationStates"
INSTALLED = "installedApps"
APPS = "detectedApps"
TENANT = "deviceManagement"
ASSIGNED = "deviceCompliancePolicies"
CHILDREN: Mapping[str, Callable[[int, str], dict[str, Json]]] = {
    POLICIES: devices.compliance_policy_states,
    PROFILES: devices.configuration_states,
    INSTALLED: devices.installed_apps,
}
COLLECTIONS = (DEVICES, *CHILDREN, APPS, TENANT, ASSIGNED, *ONES, *UNDER_USERS)
RAW = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one record. `key` is its id; `<device id>/<id>` for what hangs on a device,
    `<user id>/<name>` for what hangs on a user of Zoom.

    In this order: `drop` takes the record away, `whole` puts it there, `set` and `remove`
    change fields of a record that is there.
    """

    collection: str
    key: str
    set: Mapping[str, object] = field(default_factory=dict)
    remove: Sequence[str] = ()
    whole: Json | None = None
    drop: bool = False

    def apply(self, record: Json | None) -> Json | None:
        if self.drop:
            return None
        if self.whole is not None:
            record = deepcopy(self.whole)
        if record is None:
            return None
        kept = {name: value for name, value in record.items() if name not in self.remove}
        return kept | deepcopy(dict(self.set))


class Records:
    """Reads see the edits of all layers, those by hand last."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.version = 0  # grows with every edit
        self._layers: dict[str, list[Edit]] = {}
        self._edits: dict[str, dict[str, list[Edit]]] = {}
        self._added: tuple[str, ...] = ()

    def lay(self, layer: str, edits: Sequence[Edit]) -> None:
        """Give this layer these edits in place of what it had; none: the layer is gone."""
        self._layers.pop(layer, None)
        if edits:
            self._layers[layer] = list(edits)
        self._index()

    def edit(self, edit: Edit) -> None:
        """One more edit by hand."""
        self.lay(RAW, [*self._layers.get(RAW, ()), edit])

    def layers(self) -> tuple[str, ...]:
        return tuple(self._layers)

    def device(self, device_id: str) -> Json | None:
        index = self.estate.index_of_id(device_id)
        base = None if index is None else self._base(index)
        return self._edited(DEVICES, device_id.lower(), base)

    def device_at(self, position: int) -> Json | None:
        """The record at a place of the list's own order, which no edit moves."""
        if position < self.estate.devices:
            base = self._base(position)
            return self._edited(DEVICES, base["id"], base)
        return self._edited(DEVICES, self.added()[position - self.estate.devices], None)

    def positions(self) -> int:
        """How many places the list has; some may be empty."""
        return self.estate.devices + len(self.added())

    def devices(self) -> int:
        """How many records of devices there are."""
        spots = {self.position(key) for key in self.touched(DEVICES)} - {None}
        gone = sum(spot is not None and self.device_at(spot) is None for spot in spots)
        return self.positions() - gone

    def added(self) -> tuple[str, ...]:
        """Ids of the devices that edits brought in, oldest first."""
        return self._added

    def touched(self, collection: str) -> tuple[str, ...]:
        """Keys of the records with an edit."""
        return tuple(self._edits.get(collection, ()))

    def by_serial(self, serial: str) -> list[tuple[int, Json]]:
        """Every record of this serial with its place, in the list's order."""
        spots = {self.position(key) for key in self.touched(DEVICES)}
        spots.add(self.estate.index_of_serial(serial))
        known = sorted(spot for spot in spots if spot is not None)
        found = [(spot, self.device_at(spot)) for spot in known]
        return [
            (spot, record)
            for spot, record in found
            if record is not None
            and str(record.get("serialNumber")).casefold() == serial.casefold()
        ]

    def position(self, device_id: str) -> int | None:
        index = self.estate.index_of_id(device_id)
        if index is not None:
            return index
        added = self.added()
        return self.estate.devices + added.index(device_id) if device_id in added else None

    def children(self, collection: str, owner: str) -> list[Json]:
        """What hangs on a device (states, apps) or on a user of Zoom (recordings, contacts)."""
        return list(self.named_children(collection, owner).values())

    def named_children(self, collection: str, owner: str) -> dict[str, Json]:
        """The same, each under its name."""
        found = self._children(collection, owner)
        here = f"{owner}/"
        names = [key[len(here) :] for key in self.touched(collection) if key.startswith(here)]
        records = {
            name: self._edited(collection, here + name, found.get(name))
            for name in dict.fromkeys((*found, *names))
        }
        return {name: record for name, record in records.items() if record is not None}

    def devices_with_own(self, collection: str) -> frozenset[str]:
        """Ids of the devices of which something in this collection was edited."""
        return frozenset(key.partition("/")[0] for key in self.touched(collection))

    def one(self, collection: str, key: str) -> Json | None:
        """Any record but a detected app, which is counted from the installed ones."""
        if collection == DEVICES:
            return self.device(key)
        if collection in CHILDREN or collection in UNDER_USERS:
            owner, _, name = key.partition("/")
            return self._edited(collection, key, self._children(collection, owner).get(name))
        if collection in ONES:
            return self._edited(collection, key, ONES[collection](self.estate, key))
        return self.edited(collection, key, self._tenant(collection).get(key))

    def edited(self, collection: str, key: str, base: Json | None) -> Json | None:
        """A record that is worked out elsewhere, under its edits."""
        return self._edited(collection, key, base)

    def tenant_wide(self, collection: str) -> list[Json]:
        keys = dict.fromkeys((*self._tenant(collection), *self.touched(collection)))
        records = (self.one(collection, key) for key in keys)
        return [record for record in records if record is not None]

    def _children(self, collection: str, owner: str) -> dict[str, Json]:
        if collection in CHILDREN:
            return CHILDREN[collection](self.estate.seed, owner)
        return UNDER_USERS[collection](self.estate, owner)

    def _tenant(self, collection: str) -> dict[str, Json]:
        if collection == TENANT:
            return {"tenant": tenant.settings(self.estate)}
        if collection == ASSIGNED:
            policy = tenant.policy(self.estate)
            return {policy["id"]: policy}
        return {}

    def _base(self, index: int) -> Json:
        return devices.managed_device(self.estate, self.estate.ipad(index))

    def _edited(self, collection: str, key: str, record: Json | None) -> Json | None:
        for edit in self._edits.get(collection, {}).get(key, ()):
            record = edit.apply(record)
        return record

    def _index(self) -> None:
        self.version += 1
        self._edits = {}
        by_hand = self._layers.get(RAW, [])
        planted = [edits for layer, edits in self._layers.items() if layer != RAW]
        for edit in (edit for edits in (*planted, by_hand) for edit in edits):
            if edit.collection not in COLLECTIONS:
                raise BadInput(f"no collection is called {edit.collection}")
            self._edits.setdefault(edit.collection, {}).setdefault(edit.key, []).append(edit)
        self._added = tuple(
            key for key in self.touched(DEVICES) if self.estate.index_of_id(key) is None
        )
