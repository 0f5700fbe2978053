"""Our way into Intune, for doctor: the certificate, the token's roles, one small read each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import Scopes
from agent.errors import ConnectorError
from connectors.http import Reach, Upstream
from connectors.mdm.batches import not_read
from connectors.mdm.intune_rows import SOURCE
from connectors.oauth import (
    ENTRA,
    GRAPH,
    Certificate,
    Service,
    Tokens,
    certificate_form,
    roles_of,
)

NEEDED = frozenset(
    {"DeviceManagementManagedDevices.Read.All", "DeviceManagementConfiguration.Read.All"}
)
READS = (
    "v1.0/deviceManagement/managedDevices?$select=id&$top=1",
    "v1.0/deviceManagement/deviceCompliancePolicies?$select=id",
)


class _Rows(msgspec.Struct):
    value: list[Any]


class IntuneAccess:
    """The port `MdmAccess`. Raises Misconfigured when it is made."""

    def __init__(
        self,
        *,
        tenant: str,
        client_id: str,
        certificate: bytes,
        key: bytes,
        reach: Reach,
        now: Callable[[], datetime],
        base_url: str = GRAPH,
        authority: str = ENTRA,
    ) -> None:
        signed = Certificate(certificate, key)
        self.certificate_ends = signed.expires
        self._now = now
        path = f"{quote(tenant, safe='')}/oauth2/v2.0/token"
        audience = f"{authority.rstrip('/')}/{path}"
        form = certificate_form(signed, client_id, audience, f"{GRAPH}/.default")
        entra = Upstream("Microsoft Entra ID", authority, reach, now)
        self._tokens = Tokens(entra, path, form, now)
        self._graph = Service(Upstream("Microsoft Graph", base_url, reach, now), self._tokens)

    def permissions(self) -> Fact[Scopes]:
        """The token's own words, which are not proven here: Graph proves them."""
        try:
            token = self._tokens.get()
        except ConnectorError as err:
            return not_read(err)
        roles = roles_of(token)
        if roles is None:
            return Unknown("not-told", "the token does not tell its roles")
        told = Scopes(missing=NEEDED - roles, excess=roles - NEEDED)
        return Known(told, SOURCE, self._now())

    def read_one(self) -> None:
        for path in READS:
            self._graph.once("GET", path).parsed(_Rows)
