"""Microsoft Intune, read through Microsoft Graph.

It needs the application permissions DeviceManagementManagedDevices.Read.All and
DeviceManagementConfiguration.Read.All, and nothing that can act on a device.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from agent.domain.device import Device
from agent.domain.facts import Fact, Known, Reading, Unknown, reading
from agent.errors import ConnectorError
from agent.ports.mdm import Beat, Tenant
from connectors.http import Reach, Upstream, utc_now
from connectors.mdm.batches import Batches, not_read
from connectors.mdm.graph import CONFIGURATION, DEVICES, LIMITS, Ask, Graph, Told
from connectors.mdm.intune_details import Details
from connectors.mdm.intune_list import Listing
from connectors.mdm.intune_rows import (
    LISTED,
    NOT_TOLD,
    SOURCE,
    DeviceRow,
    device,
    plain,
    serial,
)
from connectors.oauth import (
    ENTRA,
    GRAPH,
    Algorithm,
    Certificate,
    Service,
    Tokens,
    certificate_form,
)
from connectors.pacing import LocalPacer, Pacer

USUAL = Reach()

ALL = f"/deviceManagement/managedDevices?$select={','.join(LISTED)}"
SYSTEMS = frozenset({"ios", "ipados", ""})
OTHER_MODELS = ("iphone", "ipod")


class _Settings(msgspec.Struct, rename="camel"):
    secure_by_default: Any = None


class _DeviceManagement(msgspec.Struct):
    settings: _Settings | None = None


class IntuneMdm:
    """The port `Mdm` for one tenant. `now` gives aware UTC times.

    With `enrolment_profiles` the list holds only what was enrolled by one of them; a direct
    look-up finds the others still. Raises only Misconfigured, and that when it is made.
    """

    source = SOURCE

    def __init__(
        self,
        *,
        tenant: str,
        client_id: str,
        certificate: bytes,
        key: bytes,
        base_url: str = GRAPH,
        authority: str = ENTRA,
        scope: str = f"{GRAPH}/.default",
        algorithm: Algorithm = "PS256",
        version: str = "v1.0",
        enrolment_profiles: frozenset[str] = frozenset(),
        page_size: int = 1000,
        reach: Reach = USUAL,
        pacer: Pacer | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._now = now
        self._profiles = enrolment_profiles
        self._page_size = page_size
        self._entra = Upstream("Microsoft Entra ID", authority, reach, now)
        self._upstream = Upstream("Microsoft Graph", base_url, reach, now)
        path = f"{quote(tenant, safe='')}/oauth2/v2.0/token"
        form = certificate_form(
            Certificate(certificate, key, algorithm),
            client_id,
            audience=f"{authority.rstrip('/')}/{path}",
            scope=scope,
        )
        service = Service(self._upstream, Tokens(self._entra, path, form, now))
        self._graph = Graph(service, pacer or LocalPacer(LIMITS), now, version)
        self._batches = Batches(self._graph)

    def calls(self) -> int:
        return self._upstream.calls() + self._entra.calls()

    def devices(self, beat: Beat) -> Reading[Device]:
        """Every iPad that is listed. No next link left and the count are the proof that all
        were read. A list that moved meanwhile is read once more."""
        at = self._now()
        told = self._list(beat)
        if told.moved:
            told = self._list(beat)
        found = _devices((row for row in told.rows if self._is_ours(row)), at)
        return reading(SOURCE, at, found, lambda one: one.serial, told.gap)

    def _list(self, beat: Beat) -> Listing:
        told = Listing()
        try:
            for page in self._graph.pages(Ask(f"{ALL}&$top={self._page_size}", DEVICES)):
                told.add(page)
                beat("devices", told.listed, 0)
        except ConnectorError as err:
            told.error = err
        return told

    def find(
        self, serials: Sequence[str], beat: Beat
    ) -> Mapping[str, Fact[tuple[Device, ...]]]:
        """Look up by serial, 20 in a call. An empty serial is not asked: it would match all."""
        nothing = Unknown("not-read", "there is no serial to look up")
        found: dict[str, Fact[tuple[Device, ...]]] = dict.fromkeys(serials, nothing)
        wanted = [text for text in found if serial(text)]
        asks = [_by_serial(serial(text)) for text in wanted]
        answers = self._batches.told(asks, "look-ups", beat)
        for text, ask, told in zip(wanted, asks, answers, strict=True):
            found[text] = self._found(serial(text), ask, told, beat)
        return found

    def _found(self, wanted: str, ask: Ask, told: Told, beat: Beat) -> Fact[tuple[Device, ...]]:
        at = self._now()
        try:
            rows = self._batches.rows(ask, told, DeviceRow, beat)
        except ConnectorError as err:
            return not_read(err)
        same = tuple(d for d in _devices(rows, at) if d.serial == wanted)
        return Known(same, SOURCE, at)

    def detailed(self, devices: Sequence[Device], beat: Beat) -> Sequence[Device]:
        """Ask for all devices at once: the apps of the whole tenant are read each time."""
        return Details(self._batches, beat).of(devices)

    def tenant(self, beat: Beat) -> Tenant:
        unjudged = self._unjudged_is_compliant(beat)
        return Tenant(unjudged, self._policies(beat))

    def _is_ours(self, row: DeviceRow) -> bool:
        """Not surely something else: what a record does not tell never shortens the estate."""
        if plain(row.operating_system).lower() not in SYSTEMS:
            return False
        if plain(row.model).lower().startswith(OTHER_MODELS):
            return False
        profile = plain(row.enrollment_profile_name)
        return not (self._profiles and profile) or profile in self._profiles

    def _unjudged_is_compliant(self, beat: Beat) -> Fact[bool]:
        """Some tenants give empty settings to a `$select`, so it is then read without."""
        at = self._now()
        try:
            told = self._secure_by_default("?$select=settings")
            beat("the MDM's settings", 1, 0)
            if told is None:
                told = self._secure_by_default("")
                beat("the MDM's settings", 2, 0)
        except ConnectorError as err:
            return not_read(err)
        return Known(not told, SOURCE, at) if isinstance(told, bool) else NOT_TOLD

    def _secure_by_default(self, query: str) -> object:
        answer = self._graph.get(Ask(f"/deviceManagement{query}", CONFIGURATION))
        settings = answer.parsed(_DeviceManagement).settings
        return None if settings is None else settings.secure_by_default

    def _policies(self, beat: Beat) -> Fact[int]:
        at = self._now()
        ask = Ask("/deviceManagement/deviceCompliancePolicies?$select=id", CONFIGURATION)
        try:
            count = 0
            for page in self._graph.pages(ask):
                count += len(page.value)
                beat("compliance policies", count, 0)
        except ConnectorError as err:
            return not_read(err)
        return Known(count, SOURCE, at)


def _devices(rows: Iterable[DeviceRow], at: datetime) -> list[Device]:
    """One for each id: a list that moves while it is read shows a record twice."""
    found = {plain(row.id) or n: device(row, at) for n, row in enumerate(rows)}
    return list(found.values())


def _by_serial(wanted: str) -> Ask:
    literal = quote(wanted.replace("'", "''"), safe="")
    return Ask(f"{ALL}&$filter=serialNumber%20eq%20'{literal}'&$top=1000", DEVICES)
