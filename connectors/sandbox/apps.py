"""detectedApps: what is installed, counted over the whole tenant by name and version."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.sandbox.chance import Dice
from connectors.sandbox.devices import OTHER_APPS, ZOOM, ZOOMS, app
from connectors.sandbox.records import APPS, DEVICES, INSTALLED, Records
from connectors.sandbox.wire import Json


@dataclass
class Found:
    """One app in one version. Healthy iPads by number (shared rows), others by id."""

    healthy: "array[int]"
    row: Json
    others: list[str] = field(default_factory=list)


class DetectedApps:
    """The count is kept until an edit changes it."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._healthy: list[array[int]] = []
        self._counted_at = -1
        self._found: dict[str, Found] = {}
        self._special: frozenset[int] = frozenset()

    def rows(self) -> list[Json]:
        """Every detected app, by name and version."""
        rows = ((app_id, self._row(app_id, found)) for app_id, found in self._count().items())
        edited = (self._records.edited(APPS, app_id, row) for app_id, row in rows)
        kept = [row for row in edited if row is not None and row.get("deviceCount") != 0]
        return sorted(
            kept, key=lambda row: (str(row.get("displayName")), str(row.get("version")))
        )

    def one(self, app_id: str) -> Json | None:
        found = self._count().get(app_id)
        row = None if found is None else self._row(app_id, found)
        return self._records.edited(APPS, app_id, row)

    def places(self, app_id: str) -> int:
        """How many places the list of its devices has; some are empty."""
        found = self._count().get(app_id)
        return 0 if found is None else len(found.healthy) + len(found.others)

    def id_at(self, app_id: str, place: int) -> Json | None:
        """Only the id of the device at this place: quick, for lists of many thousands."""
        healthy = self._count()[app_id].healthy
        if place >= len(healthy):
            record = self.device_at(app_id, place)
            return record and {"id": record.get("id")}
        index = healthy[place]
        return None if index in self._special else {"id": self._records.estate.id_at(index)}

    def device_at(self, app_id: str, place: int) -> Json | None:
        """The device at this place, healthy ones first."""
        found = self._count()[app_id]
        if place >= len(found.healthy):
            return self._records.device(found.others[place - len(found.healthy)])
        index = found.healthy[place]
        return None if index in self._special else self._records.device_at(index)

    def _row(self, app_id: str, found: Found) -> Json:
        special = sum(1 for index in found.healthy if index in self._special)
        count = len(found.healthy) - special + len(found.others)
        return {"id": app_id, **found.row, "deviceCount": count}

    def _count(self) -> Mapping[str, Found]:
        if self._counted_at != self._records.version:
            self._counted_at = self._records.version
            self._found = self._recount()
        return self._found

    def _recount(self) -> dict[str, Found]:
        records = self._records
        special = {*records.touched(DEVICES), *records.devices_with_own(INSTALLED)}
        indices = {device_id: records.estate.index_of_id(device_id) for device_id in special}
        self._special = frozenset(index for index in indices.values() if index is not None)
        found = {_app_id(row): Found(healthy, row) for row, healthy in self._base()}
        for device_id in sorted(special):
            if records.device(device_id) is None:
                continue
            for row in records.children(INSTALLED, device_id):
                entry = found.setdefault(_app_id(row), Found(array("I"), row))
                entry.others.append(device_id)
        return found

    def _base(self) -> "Iterator[tuple[Json, array[int]]]":
        if not self._healthy:
            self._healthy = self._sort_by_zoom()
        for version, healthy in zip(ZOOMS, self._healthy, strict=False):
            yield app(ZOOM, version), healthy
        for row in OTHER_APPS.values():
            yield row, self._healthy[-1]

    def _sort_by_zoom(self) -> "list[array[int]]":
        """The numbers of the iPads with each version of Zoom, and those of all iPads."""
        estate = self._records.estate
        sorted_ = [array("I") for _ in ZOOMS]
        for ipad in estate:
            version = Dice(estate.seed, "zoom", ipad.device_id).roll(len(ZOOMS))
            sorted_[version].append(ipad.index)
        return [*sorted_, array("I", range(estate.devices))]


def _app_id(row: Json) -> str:
    dice = Dice("app", row.get("displayName"), row.get("version"))
    return f"0000{dice.roll(1 << 160):040x}"
