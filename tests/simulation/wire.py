"""HTTP to the socket-free core: a seam before a request lands, and before it is answered."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ProtocolError
from urllib3.response import HTTPResponse

from connectors.sandbox.core import Core
from tests.simulation.evidence import Evidence
from tests.simulation.scheduler import Killed, Scheduler, Strand
from tests.simulation.weather import Fault, Weather
from tests.support.estates import InProcess

DEADLINE = timedelta(seconds=30)  # of a call in all, as the connectors keep it


class SeamedAdapter(InProcess):
    """Mount it in place of the adapter that opens sockets."""

    def __init__(
        self,
        core: Core,
        scheduler: Scheduler,
        weather: Weather,
        evidence: Evidence,
        deadline: timedelta = DEADLINE,
    ) -> None:
        super().__init__(core)
        self._scheduler, self._weather, self._evidence = scheduler, weather, evidence
        self._deadline = deadline

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        what = f"{request.method} {urlsplit(str(request.url)).path}"
        began = self._scheduler.now
        try:
            self._scheduler.seam(f"asks {what}")
        except Killed:
            self._may_land(what, request)
            raise
        fault = self._weather.fault(_host(request))
        match fault:
            case Fault.UNREACHED:
                raise requests.ConnectionError("no connection")
            case Fault.TIMED_OUT:
                self._may_land(what, request)
                raise requests.ReadTimeout("no answer")
            case Fault.BUSY:
                return self._busy(request)
        answer = self._land(request)
        self._scheduler.seam(f"reads the answer to {what}")
        if fault is Fault.LOST or self._scheduler.now - began > self._deadline:
            raise requests.ReadTimeout("the answer came too late, or never")
        if fault is Fault.CUT:
            return self.build_response(request, _Cut())
        self._evidence.read(request, answer)
        return answer

    def _may_land(self, what: str, request: requests.PreparedRequest) -> None:
        if request.method != "GET":  # a read that lands late leaves nothing behind
            asker = self._scheduler.strand
            self._weather.may_land(what, lambda: _nobody(self._land(request, asker)))

    def _land(
        self, request: requests.PreparedRequest, asker: Strand | None = None
    ) -> requests.Response:
        self._evidence.landing(request, asker or self._scheduler.strand)
        answer = super().send(request)
        self._evidence.landed(request, answer)
        return answer

    def _busy(self, request: requests.PreparedRequest) -> requests.Response:
        """Neither core says this by itself: what a gateway before them says."""
        status = self._scheduler.random.choice((429, 503))
        asked = self._scheduler.random.choice(({}, {"Retry-After": "0"}, {"Retry-After": "90"}))
        raw = HTTPResponse(io.BytesIO(b"{}"), asked, status, preload_content=False)
        return self.build_response(request, raw)


class _Cut(HTTPResponse):
    """A body that ends too soon."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), status=200, preload_content=False)

    def stream(self, *_: Any, **__: Any) -> Any:
        yield b'{"value": ['
        raise ProtocolError("the connection was cut")


def _nobody(answer: requests.Response) -> None:
    """Nobody reads this answer."""


def _host(request: requests.PreparedRequest) -> str:
    return "zoom" if "/zoom/" in str(request.url) else "graph"
