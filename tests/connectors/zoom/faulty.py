"""A sandbox whose API fails in the way it is told, while its token endpoint stays well."""

import httpx

from tests.connectors.zoom.canned import refusal
from tests.connectors.zoom.contract import Breaks
from tests.connectors.zoom.sandboxed import Sandboxed
from tests.connectors.zoom.test_contract import broken

NO_SCOPE = "Invalid access token, does not contain scopes:[meeting:read:x:admin]."


def breaking(there: Sandboxed) -> Breaks:
    def breaks(fault: str) -> None:
        there.odd = (lambda request: _broken(request, fault)) if fault else None

    return breaks


def _broken(request: httpx.Request, fault: str) -> httpx.Response | None:
    if request.url.path.endswith("/oauth/token"):
        return None
    return refusal(400, 4711, NO_SCOPE) if fault == "no scope" else broken(fault)
