"""The sandbox without a socket: one call takes a request and gives the answer.

It is Graph's, or for paths under /zoom/ Zoom's, under /v2/ Notify's. The HTTP shell and a
simulated world drive this same object. Not for several threads.
"""

import json
import urllib.parse
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.sandbox.apps import DetectedApps
from connectors.sandbox.chance import guid
from connectors.sandbox.entra import Entra
from connectors.sandbox.failures import Failure, Vendor, around, as_graph, ends_tokens
from connectors.sandbox.faults.planting import Planting
from connectors.sandbox.identity import Identity
from connectors.sandbox.intune import Intune
from connectors.sandbox.limits import Budget, Limits
from connectors.sandbox.notify import PREFIX as NOTIFY
from connectors.sandbox.notify import Notify
from connectors.sandbox.odata import BadQuery
from connectors.sandbox.outlook import Outlook
from connectors.sandbox.records import Records
from connectors.sandbox.wire import Answer, Break, Json, Request, refusal, stamp
from connectors.sandbox.zoom.core import PREFIX as ZOOM
from connectors.sandbox.zoom.core import Zoom
from connectors.sandbox.zoom.limits import Plan

BATCH = 20
KEPT = 100_000  # the newest addresses that were asked for
Endpoint = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` under /v1.0, with {} for an id; `name` is what counters and failures say."""

    name: str
    path: str
    budget: Budget
    endpoint: Endpoint
    method: str = "GET"

    def ids(self, path: str) -> tuple[str, ...] | None:
        wanted, given = self.path.split("/"), path.strip("/").split("/")
        if len(wanted) != len(given):
            return None
        pairs = list(zip(wanted, given, strict=True))
        if any(word not in ("{}", part) for word, part in pairs):
            return None
        return tuple(part for word, part in pairs if word == "{}")


def routes(intune: Intune, outlook: Outlook) -> tuple[Route, ...]:
    devices, apps = "deviceManagement/managedDevices", "deviceManagement/detectedApps"
    one, few, many = "deviceManagement", Budget.CONFIGURATION, Budget.DEVICES
    policies = f"{devices}/{{}}/deviceCompliancePolicyStates"
    configurations = f"{devices}/{{}}/deviceConfigurationStates"
    assigned = f"{one}/deviceCompliancePolicies"
    return (
        Route("managedDevices", devices, many, intune.managed_devices),
        Route("managedDevice", f"{devices}/{{}}", many, intune.managed_device),
        Route("deviceCompliancePolicyStates", policies, few, intune.policy_states),
        Route("settingStates", f"{policies}/{{}}/settingStates", few, intune.setting_states),
        Route("deviceConfigurationStates", configurations, few, intune.configuration_states),
        Route("detectedApps", apps, many, intune.detected_apps),
        Route("detectedApp", f"{apps}/{{}}", many, intune.detected_app),
        Route(
            "detectedAppDevices",
            f"{apps}/{{}}/managedDevices",
            many,
            intune.detected_app_devices,
        ),
        Route("deviceManagement", one, few, intune.tenant),
        Route("settings", f"{one}/settings", few, intune.settings),
        Route("deviceCompliancePolicies", assigned, few, intune.policies),
        Route("sendMail", "users/{}/sendMail", Budget.MAIL, outlook.send_mail, "POST"),
    )


class Core:
    def __init__(
        self,
        records: Records,
        identity: Identity,
        clock: Callable[[], datetime],
        base_url: str = "http://sandbox.example",
        limit_scale: float = 1.0,
        zoom_plan: Plan = Plan.BUSINESS,
        zoom_url: str = "",
    ) -> None:
        """`clock` (UTC) is for tokens and limits; the estate has its own fixed moment.

        `zoom_url` is where Zoom is reached, if not at `base_url` too.
        """
        seed = records.estate.seed
        self.records, self.clock, self.base_url = records, clock, base_url
        self.limits = Limits(clock, limit_scale)
        self.entra = Entra(base_url, clock, identity, seed)
        self.intune = Intune(records, DetectedApps(records), base_url)
        self.zoom = Zoom(records, clock, zoom_url or base_url, limit_scale, zoom_plan)
        self.planting = Planting(records)
        self.calls: Counter[tuple[str, int]] = Counter()
        self.batched: Counter[tuple[str, int]] = Counter()
        self.failures: list[Failure] = []
        self.outlook = Outlook(self.entra.roles_of)
        self.routes = routes(self.intune, self.outlook)
        self.notify = Notify(clock, seed)
        self._graph = Vendor(as_graph, self.entra.expire_all, clock)
        self.asked: deque[str] = deque(maxlen=KEPT)
        self._served = 0

    def handle(self, request: Request) -> Answer:
        """Answer one request, count it, and give it a request id. The path is decoded once."""
        query = urllib.parse.urlencode(request.query)
        self.asked.append(f"{request.method} {request.path}?{query}".removesuffix("?"))
        if request.path.startswith(ZOOM):
            return self.zoom.handle(request, self.failures)
        if request.path.startswith(NOTIFY):
            return self.notify.handle(request, self.failures)
        name, answer = self._answer(request)
        self.calls[name, answer.status] += 1
        return self._signed(answer)

    def endpoints(self) -> tuple[str, ...]:
        own = (route.name for route in self.routes)
        return ("token", "batch", *own, *self.zoom.endpoints(), *self.notify.endpoints())

    def _answer(self, request: Request) -> tuple[str, Answer]:
        version, _, rest = request.path.strip("/").partition("/")
        if rest == "oauth2/v2.0/token" and request.method == "POST":
            return "token", self._around(
                "token", request, lambda: self.entra.token(version, request)
            )
        if version != "v1.0":
            return "unknown", refusal(400, "BadRequest", f"Invalid version: {version}.")
        if shut := self._unauthorised(request):
            return self._route(rest)[0], shut
        if rest == "$batch":
            return "batch", self._around("batch", request, lambda: self._batch(request))
        return self._resource(request, rest)

    def _resource(self, request: Request, path: str) -> tuple[str, Answer]:
        name, route, ids = self._route(path)
        if route is None:
            text = f"Resource not found for the segment '{path.rpartition('/')[2]}'."
            return name, refusal(400, "BadRequest", text)
        if request.method != route.method:
            text = "The HTTP method is not allowed on this resource."
            return name, refusal(405, "MethodNotAllowed", text, {"Allow": route.method})
        return name, self._around(name, request, lambda: self._told(request, route, ids))

    def _told(self, request: Request, route: Route, ids: tuple[str, ...]) -> Answer:
        if busy := self.limits.take(route.budget):
            return busy
        try:
            return route.endpoint(request, *ids)
        except BadQuery as err:
            return refusal(400, "BadRequest", str(err))

    def _route(self, path: str) -> tuple[str, Route | None, tuple[str, ...]]:
        for route in self.routes:
            ids = route.ids(path)
            if ids is not None:
                return route.name, route, ids
        return "unknown", None, ()

    def _around(self, name: str, request: Request, work: Callable[[], Answer]) -> Answer:
        return around(self.failures, name, request, self._graph, work)

    def _unauthorised(self, request: Request) -> Answer | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        good = self.entra.is_valid(token) and not ends_tokens(self.failures, of_zoom=False)
        if kind.lower() == "bearer" and good:
            return None
        text = "Lifetime validation failed, the token is expired or not known."
        text = text if token else "Access token is empty."
        realm = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
        return refusal(401, "InvalidAuthenticationToken", text, realm)

    def _batch(self, request: Request) -> Answer:
        try:
            inner = json.loads(request.body)["requests"]
            ids = [str(one["id"]) for one in inner]
            asked = [_inner(one) for one in inner]
        except (ValueError, KeyError, TypeError):
            return refusal(400, "BadRequest", "Invalid batch payload format.")
        if len(inner) > BATCH or len(set(ids)) < len(ids):
            text = f"Number of batch requests exceeds limit of {BATCH}, or ids repeat."
            return refusal(400, "BadRequest", text)
        answers = [self._in_batch(ask) for ask in asked]
        rows = [_row(one, answer) for one, answer in zip(ids, answers, strict=True)]
        whole = Answer(200, {"responses": rows[::-1]})  # Graph keeps no order either
        return next(filter(None, (_of_all(answer, whole) for answer in answers)), whole)

    def _in_batch(self, request: Request) -> Answer:
        name, answer = self._resource(request, request.path.removeprefix("/v1.0/"))
        self.batched[name, answer.status] += 1
        return self._signed(answer)

    def _signed(self, answer: Answer) -> Answer:
        self._served += 1
        request_id = guid(self.records.estate.seed, "request", self._served)
        if isinstance(answer.body, dict) and "innerError" in _error(answer.body):
            inner = {
                "date": stamp(self.clock()).removesuffix("Z"),
                "request-id": request_id,
                "client-request-id": request_id,
            }
            error = answer.body["error"] | {"innerError": inner}
            answer = replace(answer, body=answer.body | {"error": error})
        ids = {"request-id": request_id, "client-request-id": request_id}
        return replace(answer, headers={**ids, **answer.headers})


def _error(body: Json) -> Iterable[str]:
    error = body.get("error")
    return error if isinstance(error, dict) else ()


def _row(inner_id: str, answer: Answer) -> Json:
    headers = {**answer.headers, "Content-Type": "application/json"}
    return {
        "id": inner_id,
        "status": answer.status,
        "headers": headers,
        "body": answer.body,
    }


def _of_all(inner: Answer, whole: Answer) -> Answer | None:
    """What one call of a batch brings upon all of it: a broken line, a token that has ended."""
    if inner.breaks is not Break.NONE:
        return replace(whole, breaks=inner.breaks, seconds=inner.seconds)
    return inner if inner.status == 401 else None


def _inner(one: Json) -> Request:
    parts = urllib.parse.urlsplit(one["url"])
    query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    path = "/v1.0/" + parts.path.strip("/").removeprefix("v1.0/")
    return Request(str(one["method"]).upper(), path, query)
