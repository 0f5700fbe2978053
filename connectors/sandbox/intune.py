"""Intune's resources of Graph v1.0, read only: devices, their states, apps, tenant settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from connectors.sandbox import odata
from connectors.sandbox.apps import DetectedApps
from connectors.sandbox.devices import NULL_IN_LIST, managed_device, setting_states
from connectors.sandbox.records import ASSIGNED, POLICIES, PROFILES, TENANT, Records
from connectors.sandbox.wire import Answer, Json, Request, refusal

ROOT = "/v1.0/deviceManagement"
STATE_FIELDS = [
    "id",
    "settingStates",
    "displayName",
    "version",
    "platformType",
    "state",
    "settingCount",
    "userId",
    "userPrincipalName",
]
APP_FIELDS = [
    "id",
    "displayName",
    "version",
    "sizeInByte",
    "deviceCount",
    "publisher",
    "platform",
]
Read = Callable[[int], Json | None]


@dataclass
class Intune:
    """Plain calls: a request and the ids of its path in, an answer out."""

    records: Records
    apps: DetectedApps
    base_url: str
    settings_lost_on_select: bool = False  # some tenants do this (facts on Intune, 1.5)
    most: int = odata.PAGE  # rows of a page, whatever is asked for

    def managed_devices(self, request: Request) -> Answer:
        """The whole list is counted, asked or not, as Intune does."""
        names = odata.selected(request.query, self._device_fields())
        text = request.query.get("$filter")
        wanted = None if text is None else odata.read_filter(text)
        if wanted is None or wanted.is_everything():
            places, count = self.records.positions(), self.records.devices()
            return self._page(request, names, places, self._in_list, count)
        serials = wanted.serials()
        if serials is None:

            def read(place: int) -> Json | None:
                record = self._in_list(place)
                return record if record is not None and wanted.holds(record) else None

            return self._page(request, names, self.records.positions(), read)
        found = {
            place: _listed(record)
            for serial in serials
            for place, record in self.records.by_serial(serial)
        }
        return self._rows(request, names, [found[place] for place in sorted(found)])

    def managed_device(self, request: Request, device_id: str) -> Answer:
        record = self.records.device(device_id)
        if record is None:
            return _missing("Device", device_id)
        names = odata.selected(request.query, self._device_fields())
        if names is None:
            record = _listed(record)
        context = f"{self.base_url}/v1.0/$metadata#deviceManagement/managedDevices"
        context += "" if names is None else f"({','.join(sorted(names))})"
        body = {"@odata.context": f"{context}/$entity", **odata.projected(record, names)}
        return Answer(200, body)

    def policy_states(self, request: Request, device_id: str) -> Answer:
        return self._states(request, POLICIES, device_id)

    def configuration_states(self, request: Request, device_id: str) -> Answer:
        return self._states(request, PROFILES, device_id)

    def setting_states(self, request: Request, device_id: str, state_id: str) -> Answer:
        device = self.records.device(device_id)
        state = self.records.one(POLICIES, f"{device_id}/{state_id}") if device else None
        if device is None or state is None:
            return _missing("Policy state", state_id)
        upn = device.get("userPrincipalName")
        return self._rows(request, None, setting_states(self.records.estate.seed, state, upn))

    def detected_apps(self, request: Request) -> Answer:
        _no_filter(request)
        names = odata.selected(request.query, APP_FIELDS)
        return self._rows(request, names, self.apps.rows())

    def detected_app(self, request: Request, app_id: str) -> Answer:
        row = self.apps.one(app_id)
        if row is None:
            return _missing("Detected app", app_id)
        context = f"{self.base_url}/v1.0/$metadata#deviceManagement/detectedApps/$entity"
        names = odata.selected(request.query, APP_FIELDS)
        return Answer(200, {"@odata.context": context, **odata.projected(row, names)})

    def detected_app_devices(self, request: Request, app_id: str) -> Answer:
        _no_filter(request)
        if self.apps.one(app_id) is None:
            return _missing("Detected app", app_id)
        names = odata.selected(request.query, self._device_fields())

        def read(place: int) -> Json | None:
            if names == frozenset({"id"}):
                return self.apps.id_at(app_id, place)
            record = self.apps.device_at(app_id, place)
            return None if record is None else _listed(record)

        return self._page(request, names, self.apps.places(app_id), read)

    def tenant(self, request: Request) -> Answer:
        record = self.records.one(TENANT, "tenant") or {}
        names = odata.selected(request.query, list(record))
        if self.settings_lost_on_select and names is not None and "settings" in record:
            record = record | {"settings": {}}
        context = f"{self.base_url}/v1.0/$metadata#deviceManagement"
        return Answer(200, {"@odata.context": context, **odata.projected(record, names)})

    def settings(self, request: Request) -> Answer:
        record = self.records.one(TENANT, "tenant") or {}
        if record.get("settings") is None:
            return Answer(204)
        context = f"{self.base_url}/v1.0/$metadata#deviceManagement/settings"
        return Answer(200, {"@odata.context": context, **record["settings"]})

    def policies(self, request: Request) -> Answer:
        _no_filter(request)
        return self._rows(request, None, self.records.tenant_wide(ASSIGNED))

    def _states(self, request: Request, collection: str, device_id: str) -> Answer:
        _no_filter(request)
        if self.records.device(device_id) is None:
            return _missing("Device", device_id)
        names = odata.selected(request.query, STATE_FIELDS)
        return self._rows(request, names, self.records.children(collection, device_id))

    def _in_list(self, place: int) -> Json | None:
        record = self.records.device_at(place)
        return None if record is None else _listed(record)

    def _rows(self, request: Request, names: frozenset[str] | None, rows: list[Json]) -> Answer:
        return self._page(request, names, len(rows), lambda place: rows[place])

    def _page(
        self,
        request: Request,
        names: frozenset[str] | None,
        positions: int,
        read: Read,
        count: int | None = None,
    ) -> Answer:
        query = request.query
        odata.check(query)
        start, size = odata.position(query), min(odata.page_size(query), self.most)
        rows, after = odata.page(start, positions, size, read)
        resource = request.path.removeprefix("/v1.0/")
        body: Json = {"@odata.context": f"{self.base_url}/v1.0/$metadata#{resource}"}
        if count is None and query.get("$count", "").lower() == "true":
            count = sum(1 for _ in _present(positions, read))
        if count is not None:
            body["@odata.count"] = count
        if after is not None:
            following = {**query, "$skiptoken": odata.skip_token(after)}
            text = urlencode(following, quote_via=quote, safe="$,'()")
            body["@odata.nextLink"] = f"{self.base_url}{request.path}?{text}"
        body["value"] = [odata.projected(row, names) for row in rows]
        return Answer(200, body)

    def _device_fields(self) -> list[str]:
        estate = self.records.estate
        return list(managed_device(estate, estate.ipad(0)))


def _present(positions: int, read: Read) -> Iterable[Json]:
    return (row for row in map(read, range(positions)) if row is not None)


def _listed(record: Json) -> Json:
    """What a list shows: some properties are told only by id, when they are named."""
    hidden = {name: value for name, value in NULL_IN_LIST.items() if name in record}
    return record | hidden


def _no_filter(request: Request) -> None:
    if "$filter" in request.query:
        raise odata.BadQuery("Filter is not supported on this resource.")


def _missing(what: str, key: str) -> Answer:
    return refusal(404, "ResourceNotFound", f"{what} '{key}' could not be found.")
