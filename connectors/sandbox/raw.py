"""The control API's words for any record: read it, edit it, put one there, take it away."""

from dataclasses import dataclass
from typing import Any

from agent.errors import BadInput
from connectors.sandbox.apps import DetectedApps
from connectors.sandbox.records import APPS, CHILDREN, COLLECTIONS, DEVICES, RAW, Edit, Records
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.healthy import BY_GROUP, ONES, UNDER_USERS


@dataclass
class RawRecords:
    records: Records
    apps: DetectedApps

    def read(self, body: Json, rest: str) -> Any:
        collection, key = self._place(rest)
        if collection == APPS:
            record = self.apps.one(key)
        elif (collection in CHILDREN or collection in UNDER_USERS) and "/" not in key:
            return self.records.children(collection, key)
        else:
            record = self.records.one(collection, key)
        if record is None:
            raise BadInput(f"{collection} has no {key}")
        return record

    def edit(self, body: Json, rest: str) -> Any:
        """Set fields to any JSON value, and take fields away."""
        unknown = set(body) - {"set", "remove"}
        if unknown:
            raise BadInput(f"only `set` and `remove` are understood, not {sorted(unknown)}")
        fields, gone = body.get("set", {}), body.get("remove", [])
        if not isinstance(fields, dict):
            raise BadInput("`set` is an object: field names and their values")
        if not isinstance(gone, list) or not all(isinstance(name, str) for name in gone):
            raise BadInput("`remove` is a list of field names")
        self.read({}, rest)
        collection, key = self._place(rest)
        self.records.edit(Edit(collection, key, fields, tuple(gone)))
        return self.read({}, rest)

    def replace(self, body: Json, rest: str) -> Any:
        """Put a whole record there, new or not."""
        collection, key = self._place(rest)
        self.records.edit(Edit(collection, key, whole=body))
        return self.read({}, rest)

    def drop(self, body: Json, rest: str) -> Any:
        """Take one record away; with no path, take all edits by hand away."""
        if not rest:
            self.records.lay(RAW, ())
            return {}
        collection, key = self._place(rest)
        self.records.edit(Edit(collection, key, drop=True))
        return {}

    def _place(self, rest: str) -> tuple[str, str]:
        """Collection and key; a device may be named by id, serial number or asset tag.

        So may its user and its group in Zoom.
        """
        collection, _, key = rest.partition("/")
        if collection not in COLLECTIONS:
            raise BadInput(f"collections are {', '.join(COLLECTIONS)}")
        if collection in ONES or collection in UNDER_USERS:
            name, slash, more = key.partition("/")
            return collection, f"{self.zoom_name(collection, name)}{slash}{more}"
        if collection != DEVICES and collection not in CHILDREN:
            return collection, key
        device, slash, name = key.partition("/")
        return collection, f"{self._device_id(device)}{slash}{name}"

    def zoom_name(self, collection: str, device: str) -> str:
        """The id of the user or the group of this iPad; any other name is left as it is."""
        estate = self.records.estate
        ways = (estate.index_of_tag, estate.index_of_serial, estate.index_of_account)
        found = (way(device) for way in ways)
        index = next((one for one in found if one is not None), None)
        if index is None:
            return device
        ipad = estate.ipad(index)
        return ipad.zoom_group if collection in BY_GROUP else ipad.zoom_user

    def _device_id(self, device: str) -> str:
        records = self.records
        if found := records.by_serial(device):
            return str(found[0][1]["id"])
        index = records.estate.index_of_tag(device)
        return device if index is None else records.estate.ipad(index).device_id
